import torch
from torch.utils.data import DataLoader
from torchgeo.datasets import RasterDataset, stack_samples
from torchgeo.samplers import GridGeoSampler

CHIP = 256


class Image(RasterDataset):
    filename_glob = "big.tif"


def run(folder, n, data):
    dataset = Image(folder)
    sampler = GridGeoSampler(dataset, size=CHIP, stride=CHIP)
    total = count = 0
    for batch in DataLoader(dataset, sampler=sampler, collate_fn=stack_samples, batch_size=1):
        total += int(batch["image"].sum(dtype=torch.float64))
        count += batch["image"].shape[0]
    return {"check": [count, total]}
