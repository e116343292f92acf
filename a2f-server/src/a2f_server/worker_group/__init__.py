"""What the workers of a server share: counts of all that is limited, and the places where they reach each other."""
