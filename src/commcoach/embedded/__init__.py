"""The engine without a model: cue reader, scripted voice, example-trained scorer."""
