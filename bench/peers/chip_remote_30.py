import remote


def load(folder, n):
    return remote.start(folder, 30)


def run(folder, n, data):
    return remote.sum_chips(folder, n, data)
