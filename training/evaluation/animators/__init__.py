"""Sources of the face tracks that are measured: a backend, a server, a baseline, other packages."""
