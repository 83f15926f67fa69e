"""Normal forms of what departments write differently: personal names, employers' names, addresses."""
