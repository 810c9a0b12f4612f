"""From a key to an action: the registry of actions, the key map, the gate that holds what is typed ahead. Paints nothing."""
