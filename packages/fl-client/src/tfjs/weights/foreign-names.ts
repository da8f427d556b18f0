/**
 * Names that other programs give to the arrays of the same networks.
 *
 * @module
 */

/** Children of torchvision's ResNet by their places, as fastai's body has them. */
const RESNET_CHILDREN: Readonly<Record<string, string>> = {
  0: "conv1",
  1: "bn1",
  4: "layer1",
  5: "layer2",
  6: "layer3",
  7: "layer4",
};

/** PyTorch's `DataParallel`, and Opacus' `GradSampleModule`. */
const WRAPPER = /^(?:module|_module)\./;

/** fastai's `Sequential(body, head)`. */
const FASTAI = /^([01])\.(\d+)\.(.+)$/;

/** torchvision's first files of densenets, from when names might have dots. */
const OLD_DENSENET = /^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..+)$/;

/**
 * The name in this package, of an array in a file of torchvision, fastai, or one of those in a wrapper. A name that isn't
 * known is given back.
 *
 * @param hasFeatures - whether the model's body is `features`, as that of a densenet; a resnet's otherwise
 */
export function ownName(name: string, hasFeatures: boolean): string {
  const bare = name.replace(WRAPPER, "");
  const [, part, place, rest] = FASTAI.exec(bare) ?? [];
  if (part === "1") return `head.${place}.${rest}`;
  if (part === "0") {
    const child = hasFeatures && place === "0" ? "features" : RESNET_CHILDREN[place!];
    if (child !== undefined) return ownName(`${child}.${rest}`, hasFeatures);
  }
  return bare.replace(OLD_DENSENET, "$1$2");
}
