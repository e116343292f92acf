"""The skin of the face, and how ARKit's shapes move it."""
