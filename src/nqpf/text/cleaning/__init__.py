"""From a file of text to its words without the traces of its lay-out, every change in a ledger."""
