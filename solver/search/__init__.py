"""Compiled ruin and recreate over exact residual hours, guided by prices."""
