import warp


def run(folder, n, data):
    return warp.sum_warped(folder, "cubic")
