// Words of the step that go by a value.
import { t } from "../words.js";

export const directionWord = (direction) =>
  ({
    benefit: t("studio.framework.benefit"),
    cost: t("studio.framework.cost"),
    target: t("studio.framework.target"),
    interval: t("studio.framework.interval"),
    context: t("studio.framework.context"),
  })[direction] ?? t("studio.framework.direction_open");

export const directionSign = (direction) => ({ benefit: "↑", cost: "↓", target: "◎", interval: "↔", context: "?" })[direction] ?? "?";

export const standingWord = (standing) =>
  ({
    waiting: t("studio.framework.is_waiting"),
    no_data: t("studio.framework.is_no_data"),
    lacks: t("studio.framework.is_lacking"),
    wrong: t("studio.framework.is_wrong"),
    good: t("studio.framework.is_good"),
    dimension: "",
  })[standing];

export const itemState = (state) =>
  ({
    measured: t("studio.framework.measured"),
    partly: t("studio.framework.partly"),
    not_measured: t("studio.framework.not_measured"),
  })[state];
