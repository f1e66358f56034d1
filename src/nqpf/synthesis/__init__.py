"""The system put together: what the rooms measured apart, as the roles, circles, balances and paths of the theory."""
