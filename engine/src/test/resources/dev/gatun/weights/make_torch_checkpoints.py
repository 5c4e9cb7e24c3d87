"""Writes the two checkpoints beside this file with PyTorch itself (they were made with 1.13.1).

Both hold the same small state dict under 'state_dict', with what training programs file beside it. Values count up from
0 in each storage, so tests can say what any view of it holds.
"""
import collections
import pathlib
import torch


def count(n, dtype=torch.float32):
    return torch.arange(n, dtype=torch.float32).to(dtype)


base = count(24)
state = collections.OrderedDict()
state["module.conv1.weight"] = count(24).reshape(2, 3, 2, 2)
state["module.channels_last"] = count(24).reshape(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
state["module.transposed"] = count(6).reshape(2, 3).t()
state["module.shared.first"] = base[:8]
state["module.shared.rest"] = base[8:].reshape(4, 4)
state["module.half"] = count(5, torch.float16)
state["module.bfloat"] = count(5, torch.bfloat16)
state["module.double"] = count(3, torch.float64)
state["module.parameter"] = torch.nn.Parameter(count(4))
state["module.bn1.num_batches_tracked"] = torch.tensor(7)
state["module.empty"] = torch.zeros(0, 3)
state._metadata = collections.OrderedDict(version=1)

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
model(torch.ones(1, 2)).sum().backward()
optimizer.step()
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
checkpoint = {
    "epoch": 90,
    "arch": "resnet18",
    "best_acc1": torch.tensor(69.75),
    "state_dict": state,
    "optimizer": optimizer.state_dict(),
    "scheduler": scheduler.state_dict(),
    "size": torch.Size([1, 3, 224, 224]),
    "dtype": torch.float32,
    "device": torch.device("cpu"),
    "seen": {1, 2, 3},
    "big": 2**70,
    "done": False,
}
here = pathlib.Path(__file__).parent
torch.save(checkpoint, here / "torch-zip.pth")
torch.save(checkpoint, here / "torch-legacy.pth", _use_new_zipfile_serialization=False)
