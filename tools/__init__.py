"""What makes files that the project keeps."""
