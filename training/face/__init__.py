"""Target faces: the curves that a face follows to say some phones, and the rig that turns them into ARKit shapes."""
