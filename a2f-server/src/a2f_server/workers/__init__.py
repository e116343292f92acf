"""The processes of a server with several workers, and the supervisor that starts them."""
