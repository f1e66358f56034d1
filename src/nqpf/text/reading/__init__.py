"""From a file to its raw characters, each with the place where it stands."""
