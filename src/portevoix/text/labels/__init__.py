"""Labels of a text: department, kind, sentiment and topics, each with its probability."""
