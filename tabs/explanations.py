"""What "How it works" says of each method, in English and Chinese: the idea, the figure's squares, what it can't do.

The numbers are those of the squares in `examples/figures`, which `python -m tabs.figures` draws.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

Said = tuple[str, str]
"""English, Chinese."""


ARTICLES = {
    entry.partition("{")[2].partition(",")[0]: entry
    for entry in re.split(r"\n(?=@)", Path(__file__).with_name("citations.bib").read_text(encoding="utf-8").strip())
}
"""The entries of `citations.bib` by their keys."""


@dataclass(frozen=True)
class Explanation:
    """`idea` in five sentences, the `squares` of the figure, the `limits`, and the keys of articles in `citations.bib`."""

    idea: Said
    squares: Said
    limits: Said
    cites: tuple[str, ...]

    @property
    def bibtex(self) -> str:
        """The articles as BibTeX."""
        return "\n".join(ARTICLES[key] for key in self.cites)


EXPLANATIONS = {
    "style_transfer": Explanation(
        idea=(
            "A network that learnt to name things sees a picture layer by layer: deep layers hold what is there, shallow "
            "ones how it is painted. Gatys et al. keep the photo's activations of a deep layer, and of the painting the "
            "*Gram matrices*: how often channels respond together, wherever that is. An optimiser then changes the "
            "photo's pixels until both agree. Johnson et al. teach a network to do the same in one pass, with the same "
            "two aims as its loss. Li and Wand compare patches instead of statistics: each small patch of the photo "
            "becomes like the most similar one of the painting.",
            "会识别物体的网络逐层看图：深层记住画面里有什么，浅层记住怎样画成。Gatys 等人保留照片在深层的激活，并取画作的 *Gram 矩阵*："
            "各通道共同响应的频度，与位置无关。优化器随后修改照片的像素，直到两者都吻合。Johnson 等人以同样的两个目标为损失，训练网络一次"
            "前向即可完成。Li 与 Wand 不比较统计量而比较图块：照片的每个小图块都变得像画作中与它最相似的图块。",
        ),
        squares=(
            "**1** photo · **2** style · **3** what a deep layer keeps of the photo · **4** what the shallowest layer keeps "
            "of the style · **5** what all layers keep of it · **6** what obeys both 3 and 5",
            "**1** 照片 · **2** 风格 · **3** 深层保留的照片内容 · **4** 最浅层保留的风格 · **5** 所有层保留的风格 · **6** 同时满足 3 与 5 的图片",
        ),
        limits=(
            "It does not know what matters: faces and letters dissolve like anything else, and a smooth sky is filled with "
            "strokes. The embedded encoder is narrower than VGG19, so large forms of a painting are copied less well than "
            "with the variants from the Hub.",
            "它不知道什么重要：人脸和文字会像其他内容一样化开，平滑的天空也会布满笔触。内置编码器比 VGG19 窄，画作的大形态不如 Hub 上的"
            "版本复现得好。",
        ),
        cites=(
            "gatys2016image",
            "johnson2016perceptual",
            "li2016combining",
        ),
    ),
    "region_style": Explanation(
        idea=(
            "A parser divides the portrait into nineteen regions such as hair, skin and lips. An encoder reads one short "
            "code from each of them, the average of its features over that region, so a code knows the look and not the "
            "place. A generator paints the face anew from the mask: in each of its blocks the mask says where, and the "
            "region's code with what scale and shift the features go on (*SEAN*). Since every region obeys a code of its "
            "own, one of them can be exchanged and all others stay. What the exchange changes, and no more, is then carried "
            "onto your photo at its own resolution.",
            "解析网络把肖像分成头发、皮肤、嘴唇等十九个区域。编码器从每个区域读出一个短编码，即该区域特征的平均，因此编码记住外观而不记位置。"
            "生成器依照掩码重新画脸：在每个模块中，掩码决定位置，区域编码决定特征的缩放与平移（*SEAN*）。每个区域各用自己的编码，所以换掉其中"
            "一个，其余不变。最后只把交换引起的变化，以照片自身的分辨率搬到照片上。",
        ),
        squares=(
            "**1** portrait · **2** its regions · **3** reference · **4** its regions · **5** what the network paints with "
            "the reference's code for hair · **6** the change, carried onto the portrait",
            "**1** 肖像 · **2** 其区域 · **3** 参考 · **4** 其区域 · **5** 网络用参考的头发编码画出的脸 · **6** 把变化搬到肖像上",
        ),
        limits=(
            "A code holds colour and kind of texture, not the strands: curls do not become straight unless the mask is "
            "painted so. Faces in profile, hands before the face and hats that were not found confuse the regions. "
            "Painted parts are the network's own pixels, which are softer than a photo's.",
            "编码只包含颜色和纹理类型，不包含发丝走向：除非重画掩码，卷发不会变直。侧脸、遮住脸的手以及未识别出的帽子会使区域出错。重画的部分"
            "是网络自己的像素，比照片柔和。",
        ),
        cites=("zhu2020sean",),
    ),
    "face_swap": Explanation(
        idea=(
            "A face swap is style transfer in which the style is a person: pose, expression and light are the content that "
            "stays. 68 points are found in each face and lay it upright in a square of one kind for all. Among the photos "
            "of the target the one with the nearest expression is chosen and bent to your points. An optimiser then keeps "
            "what an encoder sees in your face, while every small patch becomes like a patch of the target from around the "
            "same place. What was made goes back into the photo inside the outline of the face, its colours fitted to the "
            "border.",
            "换脸就是以某个人为“风格”的风格迁移：姿态、表情和光照是要保留的内容。先在每张脸上找出 68 个点，把脸摆正放入统一的方框。在目标的照片中"
            "选出表情最接近的一张，并按您的关键点变形。优化器保留编码器在您脸上看到的内容，同时让每个小图块变得像目标脸上相近位置的图块。结果"
            "在脸的轮廓内放回照片，颜色与边界相协调。",
        ),
        squares=(
            "**1** face · **2** target · **3** 68 points · **4** the target bent to them and cloned in · **5** neural "
            "patches on their way · **6** neural patches at the end",
            "**1** 原脸 · **2** 目标 · **3** 68 个关键点 · **4** 目标按关键点变形并融合 · **5** 神经图块，优化途中 · **6** 神经图块，最终结果",
        ),
        limits=(
            "The shape of the head and the hair stay, so a likeness is of features alone. One photo of the target gives one "
            "expression and one light: more photos help. Beards, glasses of the target, strong side light and faces turned "
            "beyond 45 degrees come out badly or are refused.",
            "头形和头发不变，所以只有五官相像。目标只有一张照片时，只有一种表情和光照：照片越多越好。胡须、目标的眼镜、强侧光以及转过 45 度"
            "以上的脸效果较差或会被拒绝。",
        ),
        cites=("korshunova2017fast",),
    ),
    "inpainting": Explanation(
        idea=(
            "What fits into a hole has to make sense as a whole and to be as sharp as what is around. So two networks "
            "share the work: one guesses the content of the hole, small and soft; the other, an encoder, judges texture. "
            "Starting from the guess, each patch inside the hole is matched with the most similar patch outside, as the "
            "encoder's features see it. An optimiser makes the inside like those matches and keeps it near the guess, "
            "first at a small size, then at twice and four times it. Ours first weaves in pixels by PatchMatch at each "
            "size, which the article does not, and so needs fewer steps.",
            "填入空洞的内容既要整体合理，又要与周围同样清晰。因此由两个网络分工：一个猜测空洞的内容，小而柔和；另一个是编码器，评判纹理。从猜测"
            "出发，按编码器特征为洞内每个图块找到洞外最相似的图块。优化器让洞内接近这些匹配，同时不偏离猜测，先在小尺寸上进行，再放大到两倍和"
            "四倍。我们的实现在每个尺寸先用 PatchMatch 织入像素（论文没有这一步），因而所需步数更少。",
        ),
        squares=(
            "**1** what shall go · **2** the content network's guess · **3**, **4** neural patches on their way to the full "
            "size · **5** their end · **6** PatchMatch alone, which understands nothing",
            "**1** 要去除的部分 · **2** 内容网络的猜测 · **3**、**4** 神经图块逐级放大的途中 · **5** 最终结果 · **6** 仅用 PatchMatch，不理解内容",
        ),
        limits=(
            "Nothing is put there that is not around: half a face does not become whole, letters are not completed. The "
            "larger the hole, the more the guess is a blur that patches dress up. What is made is plausible, not what was "
            "there.",
            "填入的内容都来自周围：半张脸不会变完整，文字也补不出来。洞越大，猜测越模糊，只是由图块加以修饰。生成的内容只是合理，并非原貌。",
        ),
        cites=(
            "yang2017high",
            "barnes2009patchmatch",
        ),
    ),
    "soft_segmentation": Explanation(
        idea=(
            "Hair and glass belong to two things at once, so each pixel gets a share in every layer. All pixels are tied "
            "into a graph: near ones by colour, as in matting, and pairs of small areas far apart by the features of a "
            "network, which know what is alike. The slowest vibrations of that graph, its eigenvectors, are nearly constant "
            "on things and change fast at their borders. They are mixed into layers that are as close to yes or no as the "
            "graph lets them be, and alike ones are put together. A last step lets them be soft where things are soft, so "
            "that they always sum to one.",
            "头发和玻璃同时属于两样东西，所以每个像素在每个图层中都占一份。所有像素连成一张图：近处按颜色相连（如抠图），远处的小区域按网络特征"
            "相连，特征知道什么是同类。图的最慢振动，即特征向量，在物体上近乎不变，在边界处变化很快。把它们混合成尽可能非此即彼的图层，再合并"
            "相近的图层。最后一步让图层在该柔和处柔和，各层之和始终为一。",
        ),
        squares=(
            "**1** photo · **2** features of the network, as colours · **3** affinities: areas that belong together · "
            "**4** eigenvectors · **5** sparse layers · **6** soft layers",
            "**1** 照片 · **2** 网络特征（以颜色表示） · **3** 亲和度：同属一体的区域 · **4** 特征向量 · **5** 稀疏图层 · **6** 软图层",
        ),
        limits=(
            "Layers have no names and are not objects: two people may share one, and a person in black and white may be "
            "two. What differs neither in colour nor in texture is not told apart. Thin things far from the rest get lost "
            "in the coarse copy in which the layers are sought; the exact way in the settings keeps more of them.",
            "图层没有名称，也不是物体：两个人可能同在一层，穿黑白衣服的人可能分成两层。颜色和纹理都没有差别的部分无法区分。图层在缩小的副本中"
            "寻找，远处的细小物体会丢失；设置中的精确方式能保留更多。",
        ),
        cites=("aksoy2018semantic",),
    ),
    "super_resolution": Explanation(
        idea=(
            "Many large pictures shrink to the same small one, so enlarging means choosing among them. Bicubic "
            "interpolation chooses the smoothest. The residual network learnt from pairs of pictures what interpolation "
            "lacks, and adds what is right on average: edges come back, doubtful texture stays soft, for the mean of many "
            "possible furs is a blur. The adversarial network goes on from there with a critic that learnt to tell its "
            "pictures from photos, and must draw one of the possible furs to please it. The slider mixes the weights of "
            "both networks, from what is likely to what looks real.",
            "许多大图缩小后得到同一张小图，所以放大就是在其中选择。双三次插值选最平滑的一张。残差网络从成对的图片学会插值缺了什么，并补上平均"
            "而言正确的部分：边缘恢复，拿不准的纹理仍然柔和，因为许多可能的毛发平均起来就是模糊。对抗网络由此出发，面对一个学会分辨其图片与"
            "照片的判别器，必须画出其中一种可能的毛发才能过关。滑块混合两个网络的权重，从最可能到最逼真。",
        ),
        squares=(
            "**1** the small picture's pixels · **2** bicubic · **3** what the residual network adds, four times as strong · "
            "**4** residual · **5** what the adversarial network adds to that · **6** adversarial",
            "**1** 小图的像素 · **2** 双三次 · **3** 残差网络补上的部分（放大四倍） · **4** 残差 · **5** 对抗网络在此之上补的部分 · **6** 对抗",
        ),
        limits=(
            "What the small picture does not hold is guessed: do not read faces, number plates or evidence out of it. Both "
            "networks expect a clean picture shrunk well; noise and traces of JPEG are enlarged with the rest, for which "
            "Real-ESRGAN from the Hub is better.",
            "小图中没有的内容都是猜的：不要据此辨认人脸、车牌或当作证据。两个网络都以干净且正确缩小的图片为前提；噪声和 JPEG 痕迹会一并放大，"
            "这种情况请用 Hub 上的 Real-ESRGAN。",
        ),
        cites=(
            "kim2016accurate",
            "ledig2017photo",
        ),
    ),
    "object_insertion": Explanation(
        idea=(
            "A street is first understood, then repainted: a parser says what every pixel shows, and edits are made to that "
            "map of labels. You draw a box and say what shall be in it. A structure generator looks at the map around the "
            "box and draws the object's outline into it, in two streams: one for the object, one for what is behind it. An "
            "image generator paints the window from the new map and from the pixels around, whose style it takes over. "
            "Since the map comes first, the same two networks also remove, replace and move what is there.",
            "先理解街景，再重新绘制：解析网络说明每个像素是什么，编辑在这张标签图上进行。您画一个框并指定其中的物体。结构生成器观察框周围的标签"
            "图，以两个分支画出物体的轮廓：一个管物体，一个管其后的背景。图像生成器根据新的标签图和周围的像素绘制窗口，并沿用周围的风格。因为"
            "标签图在先，同样两个网络也能移除、替换和移动已有的物体。",
        ),
        squares=(
            "**1** street · **2** what was found · **3** box and outline · **4** new labels · **5** what the network paints · "
            "**6** the street with it",
            "**1** 街景 · **2** 识别结果 · **3** 框与轮廓 · **4** 新标签 · **5** 网络绘制的内容 · **6** 加入后的街景",
        ),
        limits=(
            "It learnt streets of German cities, seen from a car, at 128 pixels a window: elsewhere it makes little sense, "
            "and large objects are soft; people, two-wheelers, buses, trucks and cars not seen from behind are therefore "
            "figures of our own code in the network's light, unless you ask for the network's outline. Light is only what "
            "the network guesses from the surroundings, and the shadow at an object's foot is laid by rule. Where an object "
            "goes, the gap is filled with pieces of the photo, which may show where they are from. What the map does not show cannot be removed: paint the map right first.",
            "它学的是从车上看到的德国城市街道，每个窗口 128 像素：用在别处意义不大，大的物体也较模糊；因此行人、两轮车、公共汽车、卡车和并非从后面看到的汽车由我们的代码绘制图形并采用网络的明暗，除非您选择网络自己的轮廓。光线只是网络根据周围的猜测，脚下的阴影按规则绘制。物体移除后留下的空缺用照片中的小块填补，可能看得出来自何处。标签图上没有的"
            "东西无法移除：请先改正标签图。",
        ),
        cites=("hong2018learning",),
    ),
}

CHINESE = dict(said for one in EXPLANATIONS.values() for said in (one.idea, one.squares, one.limits))
