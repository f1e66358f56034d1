"""Whether regions come nearer to each other: sigma, beta, clubs."""
