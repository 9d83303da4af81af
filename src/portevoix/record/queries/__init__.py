"""What the other rooms may ask of the record. Each takes the colleague who asks, where that limits what is seen."""
