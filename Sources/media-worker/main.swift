print("starting point")
