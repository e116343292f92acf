"""Animations as files of other programs: GLB, USD, Unity."""
