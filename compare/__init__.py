"""Maps firing rates onto activations, scores both networks on the same digits, and draws what came out."""
