"""Why not me: reasons, break-evens and the six families of what it would take."""
