"""The columns of the arrays that drawing uses.

`corners[t, 4]` has the three vertices and the material of each triangle; `vertices[n, 9]`, the materials,
`planes[t + 1, 20]` and `places[t + 1, 5]` have the columns named below; the last row of both is the background's.
`texels[k]` and pictures `[height, width]` have red, green, blue and alpha, from the lowest byte up. Coordinates on the
screen are in samples: twice the pixels, y downwards.
"""

X, Y, NEAR, RED, GREEN, BLUE, U, V, OPACITY = range(9)
"""Columns of the vertices: place on the screen, 1 / distance, sRGB light 0–1, texture coordinates, opacity."""
OFFSET, WIDTH, HEIGHT, WRAP_U, WRAP_V, ALPHA, DOUBLE_SIDED, CUTOFF = range(8)
"""Columns of the materials: first texel, size, what is beyond its edges, transparency."""
OPAQUE, MASK, BLEND = 0, 1, 2
REPEAT, CLAMP, MIRROR = 0, 1, 2
PLANES = 20
P_U, P_V, P_TINTED, P_RED, P_GREEN, P_BLUE, P_OPACITY = 0, 3, 6, 7, 10, 13, 16
"""Columns of a triangle's planes: u and v (256ths of a texel), 0 if the light is white everywhere, red, green, blue and
opacity; each at the origin of the screen, with its growth per sample to the right and down, in threes."""
FIRST, ROW, MOST_U, MOST_V, WRAPPED = range(5)
"""Columns of a triangle's places: first texel and width of its texture, the largest u and v (256ths of a texel) that
have a neighbour, and whether its coordinates go beyond those."""
MATERIAL = 3
"""Column of the corners."""
TILE = 8
"""Pixels of the side of a tile: tiles with edges are drawn with 2 × 2 samples a pixel."""
