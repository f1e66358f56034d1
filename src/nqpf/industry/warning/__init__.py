"""What the documents warn of: herding, bubbles, alike plans, investment without capability, industries abandoned."""
