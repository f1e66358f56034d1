"""What regions are made of: location quotients, likeness, concentration, diversity, shift-share, new against old."""
