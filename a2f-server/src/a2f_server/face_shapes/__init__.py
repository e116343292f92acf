"""How a face moves: the parametric shapes that the head of the page and portraits have in common."""
