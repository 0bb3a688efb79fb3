"""One cell, in Brian2 and in theory: how well they agree, and where its curve is a ReLU or a sigmoid."""
