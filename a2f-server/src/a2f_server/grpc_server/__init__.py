"""The gRPC server: services of other systems over the same engine as the HTTP server."""
