"""What importing is made of, whatever is imported; the verbs stand in `actions.importing`."""
