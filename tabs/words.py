"""The page's Chinese, by the English sentence that it stands for. A test finds sentences that are missing here."""

from tabs.explanations import CHINESE as _EXPLANATIONS

_PAGE = {
    "# Semantic Darkroom": "# 语义暗房",
    "The landmark methods of semantic image editing, running in your browser: no account, nothing kept.": (
        "语义图像编辑的经典方法，打开浏览器即可试用：无需注册，不保留图片。"
    ),
    "Run": "运行",
    "Stop": "停止",
    "Settings": "设置",
    "Before and after": "前后对比",
    "Download PNG": "下载 PNG",
    "Stopped. What was made so far stays in view.": "已停止。目前的结果保留在画面中。",
    "Method": "方法",
    "Something broke on our side, and it is written in the log. Try again.": "程序出错，错误已记录。请再试一次。",
    "Too many are waiting here just now. Try again in a minute.": "当前等待的人太多。请稍后再试。",
    "The disk of this page's machine is full, so nothing more can be kept there. Try again later.": (
        "本页所在机器的磁盘已满，无法再保存文件。请稍后再试。"
    ),
    "{value} is too much here: {limit} at most.": "{value} 过大：最多为 {limit}。",
    "{value} is too little here: {limit} at least.": "{value} 过小：最少为 {limit}。",
    "A value does not fit: {reason}": "数值不合适：{reason}",
    "These values do not fit the endpoint: what it takes is listed under ?view=api.": (
        "这些数值与接口不符：所需参数见 ?view=api。"
    ),
}

_LINKS = {
    "Examples": "示例",
    "Made beforehand, with these settings. Run makes it anew.": "以当前设置预先生成。点击“运行”可重新生成。",
    "The link names a tab that is not here: {name}.": "链接中的标签页不存在：{name}。",
    "The link names an example that is not here: {name}.": "链接中的示例不存在：{name}。",
    "The picture of this link is kept no more: it was for a day.": "链接中的图片已不再保留：仅保留一天。",
    "These pictures are too large for a link: {limit} MB at most.": "图片过大，无法放入链接：最多 {limit} MB。",
    "There is no picture of yours here yet: add one first.": "这里还没有您的图片：请先添加。",
    "Pictures are not fetched from addresses: upload the file.": "不会从网址获取图片：请上传文件。",
    "This file was never uploaded here: upload it first.": "该文件未上传到这里：请先上传。",
    "Copy link": "复制链接",
    "Embed, share, code": "嵌入、分享、代码",
    "Use this elsewhere": "在别处使用",
    "Close": "关闭",
    "Copy": "复制",
    "Copied": "已复制",
    "Link to this tab with its settings": "此标签页及其设置的链接",
    "Pictures of your own are not in it.": "链接不包含您自己的图片。",
    "My picture may be kept here for 24 hours, for everybody who has the link.": (
        "同意将我的图片在此保留 24 小时，任何持有链接的人都能看到。"
    ),
    "Make a link with my picture": "生成含我的图片的链接",
    "This link holds your picture. It ends in 24 hours, or earlier if this page restarts.": (
        "此链接包含您的图片，24 小时后失效；若本页重启则更早失效。"
    ),
    "For a page of your own": "嵌入您的网页",
    "Badge for a README": "README 徽章",
    "From a program": "从程序调用",
    "Open in Semantic Darkroom": "在语义暗房中打开",
    "How it works": "工作原理",
    "Figure of How it works": "原理图",
    "**What it can't do.**": "**局限**",
    "To cite it: BibTeX": "引用（BibTeX）",
    "Example {number}": "示例 {number}",
    "Send to ...": "发送到……",
    "Send to another tab": "发送到其他标签页",
    "once more": "再来一次",
    "{tab}, {role}": "{tab}，{role}",
    "It is in: press Run.": "图片已就位，请点击“运行”。",
    "The result": "结果",
    "The picture as it is mixed": "当前混合的图片",
    "The chosen layer, cut out": "所选图层的抠图",
    "The photo, the chosen layer as its hole": "原图，以所选图层为待填补区域",
    "The photo, what is picked on the map as its hole": "原图，以标签图中所选的区域为待填补区域",
    "as the style": "作为风格",
    "as the reference": "作为参考",
    "as the target": "作为目标人脸",
    "There is nothing to send yet: press Run first, or click an example.": "还没有可发送的内容：请先运行，或点击一个示例。",
    "Choose a layer first: click it in the picture of the layers, or below it.": (
        "请先选择图层：点击图层合成图中的区域，或其下方的图层。"
    ),
    "Pick what shall go on the map first.": "请先在标签图上选择要去除的区域。",
    "There is nothing of it in this photo: choose something else.": "照片中没有这一部分：请选择其他内容。",
    "The link asks for what cannot be set here, so the usual value serves: {names}.": (
        "链接中的设置无效，已改用默认值：{names}。"
    ),
}

_PICTURES = {
    "This picture is far too large: the limit is {limit:g} megapixels. Make it smaller first.": (
        "图片过大：上限为 {limit:g} 百万像素。请先缩小。"
    ),
    "This file could not be read as a picture. Use PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF.": (
        "无法将此文件读取为图片。请使用 PNG、JPEG、WebP、AVIF、GIF、BMP 或 TIFF。"
    ),
    "This file is no longer there. Choose the picture again.": "文件已不在。请重新选择图片。",
    "This picture is damaged or cut off. Save it again, or choose another file.": (
        "图片已损坏或不完整。请重新保存，或换一个文件。"
    ),
    "This picture has {width} x {height} pixels. The limit here is {limit:g} megapixels and {side} pixels a side: "
    "make it smaller, or cut a part out.": (
        "图片为 {width} × {height} 像素。此处上限为 {limit:g} 百万像素、单边 {side} 像素：请缩小或裁剪。"
    ),
}

_WEIGHTS = {
    "needs no weights": "无需权重",
    "embedded": "内置",
    "{source}, still looking": "{source}，正在查询",
    "{source}, missing: {reason}": "{source}，不可用：{reason}",
    "{source}, here": "{source}，已就绪",
    "{source}, fetched on first use": "{source}，首次使用时下载",
    "{reason} {variant} works instead.": "{reason}已改用 {variant}。",
    "{file} is missing from checkpoints/; get the whole repository again.": "checkpoints/ 中缺少 {file}，请重新获取完整仓库。",
    "{file} could not be fetched: {reason}.": "无法获取 {file}：{reason}。",
    "{file} is not the file that this program was written for (its sha256 differs), so it was thrown away.": (
        "{file} 与本程序所用的文件不符（sha256 不同），已丢弃。"
    ),
    "{file} is damaged and cannot be read.": "{file} 已损坏，无法读取。",
    "{file} does not say how its network is built.": "{file} 未说明网络结构。",
    "{file} is damaged or holds more than weights, so it was not opened.": "{file} 已损坏或含有权重以外的内容，未打开。",
    "{file} holds the weights of another network.": "{file} 是另一个网络的权重。",
    "HF_HUB_OFFLINE is set": "已设置 HF_HUB_OFFLINE",
    "its owner asks for an agreement and a token first": "需先同意作者的条款并提供令牌",
    "the repository is gone, or private and without a token": "仓库已不存在，或为私有且未提供令牌",
    "it is no longer there": "文件已不存在",
    "the Hub cannot be reached from here": "此处无法连接 Hub",
    "the Hub does not accept the token": "Hub 不接受该令牌",
    "the Hub refuses to give it": "Hub 拒绝提供",
    "the Hub is out of order or too busy just now": "Hub 暂时故障或过于繁忙",
    "what answers in its place is not a Hub": "应答的不是 Hub",
    "the Hub answers, but the download does not get through": "Hub 有应答，但下载未能完成",
    "the cache folder cannot be written, or its disk is full": "缓存文件夹无法写入，或磁盘已满",
}

_SUPER_RESOLUTION = {
    "Super-resolution": "超分辨率",
    "Photo, up to 4 megapixels": "照片（最大 400 万像素）",
    "Times larger": "放大倍数",
    "Residual: restores edges and texture": "残差：恢复边缘与纹理",
    "Adversarial: sharper, invents detail": "对抗：更锐利，会虚构细节",
    "Bicubic: interpolates only": "双三次：仅插值",
    "Real-ESRGAN (Hub): repairs noise and JPEG too": "Real-ESRGAN（Hub）：同时修复噪点与 JPEG 痕迹",
    "EDSR (Hub): a larger residual network": "EDSR（Hub）：更大的残差网络",
    "**Residual** adds what a network expects to be missing, right on average: true edges, soft where texture is not "
    "known. It lies least; on fine regular patterns it may pick the wrong direction.": (
        "**残差**补上网络预计缺失的部分，以平均误差最小为目标：边缘真实，无法得知的纹理则保持平滑。"
        "它最少说谎；在细密规则的图案上可能选错方向。"
    ),
    "**Adversarial** is the same network taught by a critic to look like a photo: crisper, like what a camera sees. "
    "It lies wherever it draws texture: do not read faces, text or evidence out of it.": (
        "**对抗**是同一网络，由判别器教它看起来像照片：更清晰，更接近相机所见。"
        "凡是它画出的纹理都可能是假的：不要用来辨认人脸、文字或证据。"
    ),
    "Invented detail": "虚构细节",
    "Adversarial only: 0 is the residual network, 1 the critic's full taste.": (
        "仅用于对抗方法：0 即残差网络，1 完全按判别器的口味。"
    ),
    "Invented detail goes from 0 to 1, not {invention}.": "虚构细节的取值为 0 到 1，而不是 {invention}。",
    "Enlarging": "正在放大",
    "Fetching the weights from the Hub, this once.": "正在从 Hub 下载权重，仅此一次。",
    "{percent} % done": "已完成 {percent} %",
    "The scale must be 2, 3 or 4, not {scale}.": "倍数必须是 2、3 或 4，而不是 {scale}。",
    "There is no method called {method}. Choose one of: {methods}.": "没有名为 {method} 的方法。请选择：{methods}。",
    "Add a photo first: drop one on the left, or click an example.": "请先添加照片：拖到左侧，或点击示例。",
    "{width} x {height} to {new_width} x {new_height} pixels in {seconds:.1f} s, {variant} ({source}), on {device}": (
        "{width} × {height} 放大到 {new_width} × {new_height} 像素，用时 {seconds:.1f} 秒，{variant}（{source}），{device}"
    ),
    "It is shown smaller than it is; the download has every pixel.": "此处显示的是缩小图；下载的文件为完整像素。",
}

_PAINTINGS = {
    "Hokusai": "葛饰北斋",
    "Van Gogh": "梵高",
    "Munch": "蒙克",
    "Kandinsky": "康定斯基",
    "Monet": "莫奈",
    "Turner": "透纳",
    "Matisse": "马蒂斯",
    "Picabia": "毕卡比亚",
    "Léger": "莱热",
    "The Great Wave off Kanagawa": "神奈川冲浪里",
    "The Starry Night": "星夜",
    "The Scream": "呐喊",
    "Composition VII": "构成第七号",
    "Water Lilies": "睡莲",
    "Wheat Field with Cypresses": "麦田与丝柏树",
    "The Night Café": "夜间咖啡馆",
    "The Shipwreck of the Minotaur": "牛头怪号的沉没",
    "Woman with a Hat": "戴帽子的女人",
    "Udnie": "乌德妮",
    "Edtaonisl": "埃德陶尼斯",
    "Contrast of Forms": "形式的对比",
}

_STYLE_TRANSFER = {
    "Style transfer": "风格迁移",
    "All three, side by side": "三种方法并排比较",
    "V2 Johnson: a network, at once": "V2 Johnson：网络一次完成，立即出图",
    "V1 Gatys: optimises the whole": "V1 Gatys：整体优化",
    "V3 CNNMRF: patch by patch": "V3 CNNMRF：逐块匹配",
    "AdaIN (Hub): a network for any painting": "AdaIN（Hub）：适用于任意画作的网络",
    "V1 with the original VGG19 (Hub)": "V1，使用原版 VGG19（Hub）",
    "V3 with the original VGG19 (Hub)": "V3，使用原版 VGG19（Hub）",
    "V2 Johnson": "V2：Johnson 网络",
    "V1 Gatys": "V1：Gatys 优化",
    "V3 CNNMRF": "V3：CNNMRF 匹配",
    "Choose a painting: click one in the gallery, or add a picture of your own.": "请选择画作：点击画廊中的一幅，或添加自己的图片。",
    "**V1** changes the photo's pixels until its textures have the statistics of the painting (Gatys et al. 2016). "
    "Slow, and the most faithful to the brush; things may dissolve where the style is strong.": (
        "**V1** 不断调整照片的像素，直到纹理的统计量与画作一致（Gatys 等，2016）。"
        "速度较慢，但笔触最忠实；风格很强时，物体可能化开。"
    ),
    "**V2** is a network that learnt the same aim once and needs one pass (Johnson et al. 2016): at once, a little "
    "plainer. For a picture of your own, a second one first reads the manner from it (Ghiasi et al. 2017).": (
        "**V2** 是预先学会同一目标的网络，只需运行一次（Johnson 等，2016）：立即出图，略显平淡。"
        "使用自己的图片时，先由第二个网络从图片中读出其手法（Ghiasi 等，2017）。"
    ),
    "**V3** replaces every small patch by the most similar one of the painting (Li and Wand 2016): keeps what belongs "
    "together, and needs a painting that has something like the photo's parts in it.": (
        "**V3** 把每个小块换成画作中最相似的小块（Li 与 Wand，2016）：相关的部分保持在一起，"
        "但画作中需要有与照片相似的内容。"
    ),
    "The gallery's paintings themselves are not here: what you see are textures in their style, made by V1 from noise.": (
        "画廊中并非画作本身：所见是由 V1 从噪声生成的、具有其风格的纹理。"
    ),
    "Photo, up to 8 megapixels": "照片（最大 800 万像素）",
    "Styles of paintings: click one, or several to blend": "画作风格：点击一幅，或点击多幅以混合",
    "Chosen paintings, up to four": "已选画作（最多四幅）",
    "A painting of your own": "使用自己的画作",
    "Any picture as the style": "任意图片作为风格",
    "Drawn by our own code": "由我们的程序绘制",
    "Strength": "强度",
    "0 is the photo; V2 goes no further than 0.5.": "0 即原照片；V2 最多到 0.5。",
    "Keep the photo's colours": "保留照片的颜色",
    "Loss while it optimises, in powers of ten": "优化过程中的损失（以 10 的幂表示）",
    "Look": "次序",
    "Loss": "损失",
    "Share of style 1": "风格 1 的比重",
    "Share of style 2": "风格 2 的比重",
    "Share of style 3": "风格 3 的比重",
    "Share of style 4": "风格 4 的比重",
    "Working size of V1 and V3, pixels": "V1 与 V3 的工作尺寸（像素）",
    "Go on to the photo's full size": "继续到照片的完整尺寸",
    "Size of the strokes": "笔触大小",
    "Smoothness of V1 and V3": "V1 与 V3 的平滑度",
    "V3: turned copies of the painting, each way": "V3：画作旋转副本（每个方向）",
    "Start from noise": "从噪声开始",
    "Seed of the noise": "噪声种子",
    "V1: the losses of the paper, as they stand": "V1：完全按论文的损失",
    "{variant}: {seconds:.1f} s": "{variant}：{seconds:.1f} 秒",
    "{variant}: {percent} % done": "{variant}：已完成 {percent} %",
    "{width} x {height} pixels": "{width} × {height} 像素",
    "What each layer of the network keeps": "网络的每一层保留了什么",
    "From the same noise, pictures are made that have the photo's activations at one layer, or the style's "
    "statistics up to one layer, and nothing else: shallow layers keep pixels and grain, deep ones objects and "
    "strokes.": (
        "从同一噪声出发，生成仅具有照片在某一层的激活，或风格截至某一层的统计量的图片："
        "浅层保留像素与颗粒，深层保留物体与笔触。"
    ),
    "Take the photo and the style apart": "分解照片与风格",
    "Layers": "各层",
    "Content at {tap}": "内容：{tap}",
    "Style up to {tap}": "风格：截至 {tap}",
    "Painting": "正在绘制",
    "There is no encoder called {name}. Choose one of: {choices}.": "没有名为 {name} 的编码器。请选择：{choices}。",
    "There is no painting called {name}. Choose one of: {names}.": "没有名为 {name} 的画作。请选择：{names}。",
    "Choose one to {most} styles, not {count}.": "请选择 1 到 {most} 种风格，而不是 {count} 种。",
    "A picture of {width} x {height} pixels is too small: {least} a side is the least.": (
        "{width} × {height} 像素的图片太小：每边至少 {least} 像素。"
    ),
    "A picture of {width} x {height} pixels is too narrow: cut a part out of it.": (
        "{width} × {height} 像素的图片过于狭长：请裁剪一部分。"
    ),
    "Give each style a weight of 0 or more, and one of them more than 0.": "每种风格的比重须不小于 0，且至少一种大于 0。",
    "Strength goes from 0 to 1, not {strength}.": "强度的取值为 0 到 1，而不是 {strength}。",
    "Strokes can be 0.5 to 2 times as large, not {scale}.": "笔触大小可为 0.5 到 2 倍，而不是 {scale} 倍。",
    "The working size goes from 64 to 2048 pixels, not {size}.": "工作尺寸为 64 到 2048 像素，而不是 {size}。",
    "Give it one or more steps, not {steps}.": "步数至少为 1，而不是 {steps}。",
    "Guidance by regions takes one style.": "分区引导只能使用一种风格。",
    "The regions of the photo and of the style must have the same names.": "照片与风格的分区名称必须一致。",
}

_SOFT_SEGMENTATION = {
    "Soft segmentation": "软分割",
    "Photo, up to 12 megapixels": "照片（最大 1200 万像素）",
    "Layers at most": "图层数上限",
    "As many as there are different things": "按画面内容自动决定",
    "What sees what belongs together": "由什么判断哪些内容属于一体",
    "The perceptual encoder: by texture": "感知编码器：按纹理",
    "Our own embedding: by things and textures": "自训练的嵌入网络：按物体与纹理",
    "DINO (Hub): by things": "DINO（Hub）：按物体",
    "At full size with every step of the paper: minutes instead of seconds": "按论文各步骤以全尺寸计算：需数分钟，而非数秒",
    "Seed of the clustering": "聚类种子",
    "How the layers came about": "图层的形成过程",
    "Features": "特征",
    "Affinities": "亲和度",
    "Eigenvectors": "特征向量",
    "Sparse layers": "稀疏图层",
    "Soft layers": "软图层",
    "Download a PSD with all layers": "下载含全部图层的 PSD",
    "Download the layers: PNGs in a ZIP": "下载图层：ZIP 中的 PNG",
    "A network says which parts of the photo are alike; colours say where hair, fur and glass end. Both make a graph "
    "of all pixels, whose slowest vibrations are the layers (Aksoy et al. 2018). They sum to one: untouched, they are "
    "the photo.": (
        "网络判断照片中哪些部分相似；颜色指出头发、皮毛与玻璃的边界。二者构成所有像素的图，"
        "其最慢的振动即为图层（Aksoy 等，2018）。各图层之和为一：不作改动时即为原照片。"
    ),
    "It is good at what differs in kind and colour. It does not know objects by name: two people may share a layer, "
    "one person may be two. Ask for more layers, or fewer.": (
        "它擅长区分种类与颜色不同的内容，但不认识具体物体：两个人可能在同一图层，一个人也可能分成两层。"
        "可要求更多或更少的图层。"
    ),
    "{count} layers of {width} x {height} pixels in {seconds:.1f} s, {variant} ({source}), on {device}": (
        "{count} 个图层，{width} × {height} 像素，用时 {seconds:.1f} 秒，{variant}（{source}），{device}"
    ),
    "There is no more in this photo that differs.": "照片中没有更多可区分的内容。",
    "{colour}, {place}": "{colour}，{place}",
    "Ask for {fewest} to {most} layers, not {count}.": "图层数须为 {fewest} 到 {most}，而不是 {count}。",
    "black": "黑色",
    "grey": "灰色",
    "white": "白色",
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "green": "绿色",
    "turquoise": "青绿色",
    "blue": "蓝色",
    "light blue": "浅蓝色",
    "purple": "紫色",
    "pink": "粉色",
    "brown": "棕色",
    "beige": "米色",
    "top": "上方",
    "bottom": "下方",
    "left": "左侧",
    "right": "右侧",
    "middle": "中间",
    "Overview": "总览",
    "As it was": "恢复原样",
    "Picture": "图片",
    "None": "无",
    "Save this picture": "保存此图",
    "Only this layer": "仅此图层",
    "To the front": "移到最前",
    "To the back": "移到最后",
    "Fill with": "填充为",
    "Its own colours": "原有颜色",
    "Hue": "色相",
    "Saturation": "饱和度",
    "Brightness": "亮度",
    "Blur": "模糊",
    "Layers, the front first": "图层（最前的在先）",
    "The layers laid over each other. Click a thing to choose its layer.": "各图层叠加的结果。点击物体以选择其图层。",
    "A clip": "一段视频",
    "Up to 100 frames of one size, as pictures: features and groups of the first frame hold for all, so that a thing "
    "keeps its layer.": "最多 100 帧同尺寸图片：第一帧的特征与分组用于所有帧，使同一物体保持在同一图层。",
    "Frames": "各帧",
    "Take the clip apart": "分解视频",
    "Layers of all frames": "所有帧的图层",
    "Add the frames of a clip first, as pictures.": "请先以图片形式添加视频的各帧。",
    "Frame {number} of {count}": "第 {number} 帧，共 {count} 帧",
    "{count} frames": "共 {count} 帧",
    "A clip has {most} frames at most: cut it.": "视频最多 {most} 帧：请截短。",
    "All frames of a clip must have the same size.": "视频各帧的尺寸必须相同。",
}

_FACE_PARSING = {
    "Looking for faces": "正在寻找人脸",
    "Naming its parts": "正在标注各部分",
    "Reading its points": "正在读取关键点",
    "No face was found. Choose a photo of someone who looks more or less into the camera.": (
        "未找到人脸。请选择人物大致面向镜头的照片。"
    ),
    "There is no face {number}; faces found: {count}.": "没有第 {number} 张人脸；共找到 {count} 张。",
    "This face is only {size} pixels high; it must be {least} or more. Choose a larger or closer photo.": (
        "这张人脸仅高 {size} 像素，至少需要 {least} 像素。请选择更大或更近的照片。"
    ),
    "The package {package} is missing: install requirements.txt again.": "缺少软件包 {package}：请重新安装 requirements.txt。",
    "{file} of the package {package} is not the file that this program was written for.": (
        "软件包 {package} 中的 {file} 与本程序所用的文件不符。"
    ),
}

_LABEL_PAINTER = {
    "Pick": "选取",
    "Brush": "画笔",
    "Fill": "填充",
    "Eraser": "还原笔",
    "Undo": "撤销",
    "Redo": "重做",
    "Size": "大小",
    "Opacity": "不透明度",
    "Show regions": "显示分区",
    "Tools": "工具",
    "Regions": "分区",
    "The picture and its regions. The arrow keys move among the regions, Ctrl+Z takes a step back, [ and ] change the "
    "size of the brush.": "图片及其分区。方向键在分区间移动，Ctrl+Z 撤销，[ 和 ] 改变画笔大小。",
    "The regions of your picture appear here.": "图片的分区将显示在这里。",
    "Click the regions that shall change, in the picture or here:": "点击要改变的分区（在图片中或在此处）：",
    "Draw in the picture; it becomes the region that is marked here:": "在图片中涂画，涂过之处变为此处选中的分区：",
    "Click a spot of the picture; all that hangs together there becomes:": "点击图片中的一处，与之相连的整块变为：",
    "Draw where the regions shall be again what they were at first.": "涂过之处的分区恢复为最初的样子。",
    "Picked: {names}": "已选取：{names}",
    "Nothing is picked.": "尚未选取。",
    "One step back.": "已撤销一步。",
    "One step forth again.": "已重做一步。",
    "The regions could not be sent. Draw once more to try again.": "分区未能上传。请再画一笔重试。",
    "The regions could not be loaded. Choose the picture again.": "分区未能载入。请重新选择图片。",
    "There is no region {label}: they go from 0 to {last}.": "没有编号为 {label} 的分区：编号为 0 到 {last}。",
}

_FACE_REGIONS = {
    "background": "背景",
    "skin": "皮肤",
    "nose": "鼻子",
    "glasses": "眼镜",
    "left eye": "左眼",
    "right eye": "右眼",
    "left brow": "左眉",
    "right brow": "右眉",
    "left ear": "左耳",
    "right ear": "右耳",
    "mouth": "口腔",
    "upper lip": "上唇",
    "lower lip": "下唇",
    "hair": "头发",
    "hat": "帽子",
    "earring": "耳环",
    "necklace": "项链",
    "neck": "颈部",
    "cloth": "衣服",
}

_REGION_STYLE = {
    "Region style": "分区风格",
    "Reference 1": "参考 1",
    "Reference 2": "参考 2",
    "Reference 3": "参考 3",
    "Reference 4": "参考 4",
    "Hair": "头发",
    "Skin": "皮肤",
    "Lips": "嘴唇",
    "Mouth": "口腔",
    "Eyes": "眼睛",
    "Brows": "眉毛",
    "Glasses": "眼镜",
    "Hat": "帽子",
    "Jewellery": "首饰",
    "Clothes": "衣服",
    "Background": "背景",
    "Every region of a face has a style of its own: a short code that an encoder reads from a portrait. A generator "
    "paints a face from a mask and one code per region, so regions can be swapped one by one (Zhu et al. 2020).": (
        "脸上的每个分区都有自己的风格：编码器从肖像中读出的一小段编码。生成器由分区图和每个分区的编码绘出人脸，"
        "因此可以逐个分区替换（Zhu 等，2020）。"
    ),
    "Your photo keeps its own pixels: only what the network would change is carried onto it. Where you paint the mask, "
    "the network's own pixels come in, with detail from the rest of the region.": (
        "您的照片保留自己的像素：只把网络所作的改变移到照片上。在您改画分区之处使用网络生成的像素，细节取自该区域的其余部分。"
    ),
    "It learnt from portraits of adults who look into the camera. Profiles, hands, veils and children come out worse, "
    "and very dark hair made very light looks metallic.": (
        "它从正视镜头的成人肖像中学习。侧脸、手、面纱和儿童的效果较差；把很深的头发变得很浅时会有金属感。"
    ),
    "All is computed here and nothing is kept. Only use portraits of people who agree.": (
        "一切都在此处计算，不作保留。请只使用征得本人同意的肖像。"
    ),
    "Portrait": "肖像",
    "Regions: click to choose, or repaint": "分区：点击选择，或改画",
    "There are no style codes in {folder}: it has no <label>/ACE.npy.": "{folder} 中没有风格编码：缺少 <label>/ACE.npy。",
    "{file} holds {shape} numbers, not {length}.": "{file} 含 {shape} 个数，而不是 {length} 个。",
    "Regions by name": "按名称选择分区",
    "Mean of many": "众人的平均",
    "From a file": "来自文件",
    "Take the style of": "取用谁的风格",
    "How far": "程度",
    "Looks so far: click one to go back to it": "至今的各个样子：点击可回到其中之一",
    "Save the style": "保存风格",
    "References to try": "可试用的参考",
    "Which face, the largest is 1": "第几张脸（最大的是 1）",
    "Crossover: only these blocks take the style": "交叉：只有这些层取用该风格",
    "Coarse blocks give colours and shapes, fine ones texture. None ticked: all.": (
        "粗的层决定颜色与形状，细的层决定纹理。不勾选即为全部。"
    ),
    "Show the network's own picture": "显示网络自己的图片",
    "Style codes saved before": "先前保存的风格编码",
    "{count} faces found; this is number {number}, the largest is 1.": "找到 {count} 张脸；这是第 {number} 张，最大的是 1。",
    "One face found.": "找到一张脸。",
    "Add a portrait first: drop one on the left, or click an example.": "请先添加肖像：拖到左侧，或点击示例。",
    "Choose a region: click it on the face or tick its name. Or repaint the mask.": (
        "请选择分区：在脸上点击，或勾选名称；也可以改画分区。"
    ),
    "Choose a file of style codes first: you get one by Save the style.": "请先选择风格编码文件：可用“保存风格”得到。",
    "Add a portrait as reference {number} first, or choose another style.": (
        "请先添加第 {number} 张参考肖像，或选择其他风格。"
    ),
    "Nothing was changed yet: choose a region and a style, and press Run.": "尚未作任何改变：请选择分区和风格，再点击运行。",
    "Look {number} of {count}": "第 {number} 个样子，共 {count} 个",
    "{seconds:.1f} s": "{seconds:.1f} 秒",
    "This file holds no style codes. Choose one that was saved here.": "此文件不含风格编码。请选择在此处保存的文件。",
    "These style codes belong to another network. Make them again with this one.": (
        "这些风格编码属于另一个网络。请用这个网络重新生成。"
    ),
    "There is no region called {region}. Choose from: {regions}.": "没有名为 {region} 的分区。请选择：{regions}。",
    "A portrait must be square, not {width} x {height} pixels: align it first.": (
        "肖像须为正方形，而不是 {width} × {height} 像素：请先对齐。"
    ),
    "The mask is {mask} pixels large and the portrait {portrait}: they must be equal.": (
        "分区图为 {mask} 像素，肖像为 {portrait} 像素：二者须一致。"
    ),
    "The mask must have the nineteen regions of a face: {regions}.": "分区图须含人脸的十九个分区：{regions}。",
}

_FACE_SWAP = {
    "Close up": "放大人脸",
    "As found": "恢复识别结果",
    "The photo, its faces and the points of one. N and P choose a point, the arrow keys move it, Ctrl+Z takes a step "
    "back.": "照片、其中的人脸及一张脸的关键点。按 N 和 P 选择关键点，方向键移动，Ctrl+Z 撤销。",
    "The faces of your photo appear here.": "照片中的人脸会显示在这里。",
    "Drag a point that lies wrong; click another face; drag a box whose face was missed.": (
        "可拖动位置有误的关键点，点击其他人脸，或拖动未对准人脸的方框。"
    ),
    "Reading the points of this face.": "正在识别这张脸的关键点。",
    "The points of the face are damaged: choose the photo again.": "人脸关键点数据已损坏：请重新选择照片。",
    "Face swap": "换脸",
    "Photo": "照片",
    "Target: photos of one person": "目标：同一人的照片",
    "The people in the photos agree to this, or I am them": "照片中的人已同意，或就是我本人",
    "Faces and points found": "找到的人脸和关键点",
    "Nearest expression": "最接近的表情",
    "Skin takes the target's tone": "皮肤采用目标的肤色",
    "Steps of the optimiser": "优化步数",
    "Window in which patches are sought, in cells; 0: the same place, as in the paper": (
        "搜索小块的窗口（单元格）；0：仅同一位置，如论文所述"
    ),
    "A mark in the corner says that a face was swapped": "在角落标明人脸已被替换",
    "Points are read by": "关键点识别",
    "Our network": "本项目的网络",
    "FAN (Hub)": "FAN（Hub）",
    "Neural patches of all photos": "所有照片的神经块",
    "Bent photo, seamlessly cloned": "变形后无缝克隆的照片",
    "Network of one face, Grace Hopper's, at once": "单一人脸网络（格蕾丝·霍珀）：立即出图",
    "The photo of the target with the most similar expression is bent to your face; then an optimiser keeps what an "
    "encoder sees in yours (pose, expression) while small patches become those of the target around the same place "
    "(after Korshunova et al. 2017). Hair, glasses and hats in front of the face stay.": (
        "先将目标照片中表情最相近的一张变形到您的脸上；然后优化器保留编码器在您脸上所见的内容（姿态、表情），"
        "同时让小块变成目标在同一位置附近的样子（依据 Korshunova 等，2017）。脸前的头发、眼镜和帽子保持不变。"
    ),
    "The shape of the head stays yours, so the likeness is of features, not of the person. Beards, strong side light "
    "and open mouths come out worse; a hand before the face may be taken for skin.": (
        "头型仍是您的，因此相似的是五官而非整个人。胡须、强侧光和张开的嘴效果较差；挡在脸前的手可能被当作皮肤。"
    ),
    "All is computed here and nothing is kept. Only swap faces of people who agreed to it. The PNG says that it was "
    "made and by what, signed as Content Credentials (C2PA). The mark in the corner can go, that note cannot.": (
        "一切都在此处计算，不作任何保留。只为同意的人换脸。PNG 文件会注明其由何程序制作，并以内容凭证（C2PA）签名；"
        "角落的标记可以关闭，该注记不能。"
    ),
    "Choosing the nearest expression": "正在选择最接近的表情",
    "Painting the face": "正在绘制人脸",
    "Add one or more photos of the face that comes in.": "请添加一张或多张换入人脸的照片。",
    "At most {count} photos of the target can be used.": "最多可使用 {count} 张目标照片。",
    "Photo {number} of the target: {reason}": "第 {number} 张目标照片：{reason}",
    "Confirm first that the people in the photos agree, or that you are them.": (
        "请先确认照片中的人已同意，或就是您本人。"
    ),
    "nearest expression: photo {number}": "表情最接近：第 {number} 张照片",
    "This face is only {size} pixels wide; it must be {least} or more. Choose a larger or closer photo.": (
        "这张人脸仅宽 {size} 像素，至少需要 {least} 像素。请选择更大或更近的照片。"
    ),
    "This head is turned by about {angle} degrees; more than {most} cannot be swapped. Choose a photo from the "
    "front.": "头部转动约 {angle} 度；超过 {most} 度则无法换脸。请选择正面照片。",
    "Nearly nothing of this face is seen: hair, hands or something else hides it.": (
        "这张脸几乎看不见：被头发、手或其他物体遮挡。"
    ),
}

_INPAINTING = {
    "Inpainting": "图像修复",
    "Photo, up to 8 megapixels: paint over what should go": "照片（最大 800 万像素）：涂抹要去除的部分",
    "Mask": "遮罩",
    "Or upload a mask: white goes": "或上传遮罩：白色部分将被去除",
    "Widen the mask, pixels": "扩大遮罩（像素）",
    "Feather, pixels": "羽化（像素）",
    "What is replaced": "将被替换的部分",
    "Methods that were run": "已运行的方法",
    "Objective of neural patches": "神经块的目标函数",
    "Seed of PatchMatch": "PatchMatch 的种子",
    "Neural patches: content, then texture": "神经块：先内容，后纹理",
    "PatchMatch: copies of what is around": "PatchMatch：复制周围的内容",
    "Content network alone: at once, soft": "仅内容网络：立即出图，较柔和",
    "Neural patches with the original VGG19 (Hub)": "神经块，使用原版 VGG19（Hub）",
    "LaMa (Hub): a large network": "LaMa（Hub）：大型网络",
    "Ours: patches sought once a size": "我们的：每个尺寸搜索一次",
    "The paper's: sought at every step, slow": "论文的：每一步都搜索，较慢",
    "What the authors' code does": "作者代码的实际做法",
    "**Neural patches** let a small network guess what is in the hole, then weave in patches of the surroundings, as a "
    "perceptual encoder sees them, at three sizes (Yang et al. 2017). What is made is plausible, not true.": (
        "**神经块**先由小型网络猜测空洞中的内容，再按感知编码器所见，在三个尺寸上织入周围的小块"
        "（Yang 等，2017）。结果看似合理，但并非真实。"
    ),
    "**PatchMatch** copies and never invents: best on textures, lost where something would have to be understood "
    "(Barnes et al. 2009).": (
        "**PatchMatch** 只复制，不虚构：最适合纹理，需要理解内容时则无能为力（Barnes 等，2009）。"
    ),
    "Pixels outside the mask and its feather stay exactly as they are.": "遮罩及其羽化范围之外的像素保持原样。",
    "Filling the hole": "正在填补",
    "The mask has {mask_width} x {mask_height} pixels and the picture {width} x {height}: they must be alike.": (
        "遮罩为 {mask_width} × {mask_height} 像素，而图片为 {width} × {height}：两者必须相同。"
    ),
    "This picture is only {side} pixels on a side: at least 8 are needed.": "图片的一边只有 {side} 像素：至少需要 8 像素。",
    "Nothing is marked: paint over what should go.": "尚未标记：请涂抹要去除的部分。",
    "Nearly everything is marked: leave some of the picture to learn from.": "几乎全部都被标记：请留下一部分图片供参考。",
    "There is no objective called {name}.": "没有名为 {name} 的目标函数。",
}

_OBJECT_INSERTION = {
    "There is no {label} to put into a box. Choose one of: {kinds}.": "没有可放入方框的 {label}。请选择：{kinds}。",
    "There are no boxes to suggest for this: choose another object.": "无法为此推荐方框：请选择其他物体。",
    "No road or pavement was found to stand on: paint some into the label map, or draw a box.": (
        "未找到可站立的路面或人行道：请在标签图中涂出一些，或自己画一个方框。"
    ),
    "This box has an edge that is no number: draw it again.": "此方框有一条边不是数字：请重新绘制。",
    "The box {box} reaches out of the photo, which has {width} x {height} pixels: draw it inside.": (
        "方框 {box} 超出了照片（{width} × {height} 像素）：请画在照片之内。"
    ),
    "A box must be {least} pixels wide and high, or more: draw a larger one.": (
        "方框的宽和高至少为 {least} 像素：请画大一些。"
    ),
    "Draw a box first.": "请先画一个方框。",
    "These are {count} boxes; do {most} at a time.": "共有 {count} 个方框；每次最多 {most} 个。",
    "The sketch of an outline must have the photo's size.": "轮廓草图的尺寸必须与照片相同。",
    "There is no object in this box: draw the box around one, or paint it into the label map.": (
        "此方框中没有物体：请把方框画在物体周围，或在标签图中涂出它。"
    ),
    "These networks know other labels than Cityscapes'.": "这些网络使用的标签与 Cityscapes 不同。",
    "Drawing the outline, then the pixels": "先画轮廓，再画像素",
    "Object insertion": "物体插入",
    "Scene parsing": "街景识别",
    "Face parsing": "人脸解析",
    "Face landmarks": "人脸关键点",
    "Photo of a street": "街景照片",
    "Boxes: what shall be where": "方框：何物在何处",
    "Suggest three boxes": "推荐三个方框",
    "What is where in the street": "街景标签图",
    "Map of the street: repaint what is wrong": "街景标签图：可涂改错误之处",
    "Or your own label map: Cityscapes' colours, or its ids in grey": "或上传您的标签图：Cityscapes 颜色，或灰度编号",
    "Show variants of the chosen box": "显示所选方框的多个变体",
    "Variants: click one to take it": "变体：点击即可采用",
    "Variants to choose from": "可选的变体",
    "How it was made": "制作过程",
    "Found labels, then each edit, then new labels": "识别的标签、每步编辑、新的标签",
    "Picture whose middle gives the colour": "取色图片（取其中部颜色）",
    "Who reads the street": "街景识别网络",
    "Ours: small": "我们的：小型",
    "SegFormer B0 (Hub)": "SegFormer B0（Hub）",
    "SegFormer B5 (Hub): large": "SegFormer B5（Hub）：大型",
    "Outline of objects": "物体轮廓",
    "A typical one that fits the box, learnt or drawn": "适合方框的典型轮廓，学得或绘制",
    "The one that a network expects in the box": "网络预计框中会有的轮廓",
    "The structure generator's, as in the article": "结构生成器画的轮廓（如论文所述）",
    "Surroundings": "周围",
    "Keep what is around the object": "保留物体周围的像素",
    "Paint the whole box, as in the article": "重绘整个方框（如论文所述）",
    "Seam": "接缝",
    "Colours meet": "颜色衔接",
    "Colour of objects": "物体的颜色",
    "As asked for, and people dressed": "按要求的颜色，人物穿着衣服",
    "What the network makes of it, as in the article": "由网络决定，如论文所述",
    "This box is gone. Show its variants anew.": "此方框已不存在。请重新显示变体。",
    "Feathered only": "仅羽化",
    "Layout first, then pixels (Hong et al. 2018): one network draws the outline of the object into the map of what is "
    "where, of which the most similar typical one is taken; another paints the window around it. All pixels outside of "
    "the widened box stay exactly as they are.": (
        "先布局，后像素（Hong 等，2018）：一个网络把物体轮廓画入标签图，并取与之最接近的典型轮廓；另一个网络绘制其周围的窗口。"
        "扩大后的方框之外的像素保持原样。"
    ),
    "Beyond the article: people, two-wheelers, buses, trucks and cars from the side or a corner get figures that our "
    "own code draws, with windows, wheels and clothes in usual colours, and of the network its light and shade. The "
    "line below the picture says which they were; with the network's own outline all is the network's.": (
        "论文之外：行人、两轮车、公共汽车、卡车以及侧面或斜角的汽车采用我们的代码绘制的图形，车窗、车轮和衣服为常见颜色，明暗取自网络。"
        "图片下方的说明列出了哪些物体如此；若选择网络自己的轮廓，则全部由网络绘制。"
    ),
    "drawn by our own code, in the network's light: {objects}": "由我们的代码绘制，明暗取自网络：{objects}",
    "this photo's own pixels: {objects}": "取自本照片的像素：{objects}",
    "Pixels of objects": "物体的像素",
    "Painted; what moves stays itself": "绘制；移动的物体保持原样",
    "All painted, as in the article": "全部绘制，如论文所述",
    "This photo's own where it has such an object, painted otherwise": "本照片有同类物体时取其像素，否则绘制",
    "It learnt from 4,300 objects in streets of German cities, seen from a car, and from streets that our own code "
    "drew, at 128 pixels a window: of what it paints alone cars from behind come out best. Of a person the colour is "
    "that of the jacket. Other scenes make no sense.": (
        "它学自德国城市街道中从车上看到的 4,300 个物体，以及我们自己的代码绘制的街道，每个窗口 128 像素：完全由它绘制的物体中，从后面看的汽车效果最好。"
        "给行人选的颜色是上衣的颜色。街景之外的画面它难以理解。"
    ),
    "Where an object goes, pieces of your photo fill the gap, road with road and wall with wall, as the new map says "
    "(PatchMatch, guided by labels); with the whole box painted the generator does, as in the article.": (
        "物体移除后留下的部分用照片中的小块填补，按照新的标签图以路补路、以墙补墙（由标签引导的 PatchMatch）；"
        "若选择重绘整个框，则如论文所述由图像生成器完成。"
    ),
    "Run does the whole list again from your photo, so every edit can still be moved, changed or deleted. Where the "
    "map of the street is wrong, paint it right first: an object that it does not show cannot be removed.": (
        "每次“运行”都从您的照片重新执行整个列表，因此每个编辑都可再移动、更改或删除。"
        "若街景标签图有误，请先涂改正确：图中没有的物体无法移除。"
    ),
    "Add a photo of a street first: drop one on the left, or click an example.": (
        "请先添加一张街景照片：拖放到左侧，或点击示例。"
    ),
    "The street was read. Draw a box on it.": "街景已识别。请在上面画一个方框。",
    "No road was found in this picture: paint some into the map below.": "图中未找到道路：请在下方的标签图中涂出一些。",
    "What was found": "识别结果",
    "Edit {number}: before, mask, labels, new pixels": "编辑 {number}：之前、遮罩、标签、新像素",
    "{done} of {count} edits": "已完成 {done}/{count} 个编辑",
    "nothing came into box {numbers}: move it, make it larger, or ask for another variant": (
        "方框 {numbers} 中没有出现物体：请移动或放大它，或换一个变体"
    ),
    "New labels": "新的标签",
    "Variant {number}": "变体 {number}",
    "No free place was found for another object.": "没有找到放置更多物体的空位。",
    "Choose the colour that this object shall have.": "请选择此物体的颜色。",
    "Say where this object shall go: drag the second box there.": "请说明此物体要去哪里：把第二个方框拖过去。",
    "Add a picture to take the colour from, or choose another colour.": "请添加一张取色图片，或选择其他颜色。",
    "{colour} is no colour: write #rrggbb.": "{colour} 不是颜色：请写成 #rrggbb。",
}

_BOX_EDITOR = {
    "What to do": "操作",
    "Add": "添加",
    "Remove": "移除",
    "Replace": "替换",
    "Move": "移动",
    "Recolour": "换色",
    "Objects": "物体",
    "Edits": "编辑列表",
    "New box": "新方框",
    "Delete": "删除",
    "Further back": "往后一层",
    "Further in front": "往前一层",
    "Colour": "颜色",
    "any": "任意",
    "this one": "指定颜色",
    "of the picture in Settings": "取自“设置”中的图片",
    "Another variant": "换一个变体",
    "variant": "变体",
    "More": "更多",
    "Draw its outline": "画出轮廓",
    "Objects that stay in front": "留在前面的物体数",
    "Smaller when farther away": "越远越小",
    "Your street appears here.": "您的街景将显示在这里。",
    "The street and its boxes. N makes a box, digits choose one, the arrow keys move it, with Shift they resize "
    "it, Delete deletes it, Ctrl+Z takes a step back.": (
        "街景及其方框。N 新建方框，数字键选择，方向键移动，按住 Shift 调整大小，Delete 删除，Ctrl+Z 撤销一步。"
    ),
    "Choose an object, then drag a box where it shall stand.": "选择一种物体，然后在它应在的位置拖出方框。",
    "Drag a box around what shall go.": "在要去掉的物体周围拖出方框。",
    "Choose an object, then drag a box around what it shall replace.": "选择一种物体，然后在被它替换的物体周围拖出方框。",
    "Drag a box around an object; then drag the second box to where it shall go.": (
        "在物体周围拖出方框；然后把第二个方框拖到目标位置。"
    ),
    "Drag a box around an object, then choose its colour.": "在物体周围拖出方框，然后选择颜色。",
    "Drag the box to move it, its corners to resize it; Run puts it in. For one more, click beside it first.": (
        "拖动方框可移动，拖动四角可调整大小；点击“运行”放入物体。要再加一个，请先点击方框之外。"
    ),
    "Run takes away the objects in this box.": "点击“运行”移除此方框中的物体。",
    "Run takes away the objects in this box and puts the new one in.": "点击“运行”移除此方框中的物体并放入新物体。",
    "Drag the second box to where the object shall go.": "把第二个方框拖到物体要去的位置。",
    "Run paints the object in this box in its new colour.": "点击“运行”为此方框中的物体换上新颜色。",
    "Draw the outline of the object inside its box, in one stroke.": "在方框内一笔画出物体的轮廓。",
    "A box is damaged: it has four edges, and points of its outline have two numbers.": (
        "方框数据已损坏：方框有四条边，轮廓点有两个数。"
    ),
    "There is no edit called {action}. Choose one of: {actions}.": "没有名为 {action} 的编辑。请选择：{actions}。",
}

_STREET_LABELS = {
    "unlabeled": "未标注",
    "road": "道路",
    "sidewalk": "人行道",
    "building": "建筑",
    "wall": "墙",
    "fence": "栅栏",
    "pole": "杆",
    "traffic light": "交通灯",
    "traffic sign": "交通标志",
    "vegetation": "植被",
    "terrain": "草地",
    "sky": "天空",
    "person": "行人",
    "rider": "骑行者",
    "car": "汽车",
    "truck": "卡车",
    "bus": "公交车",
    "train": "电车",
    "trailer": "拖车",
    "motorcycle": "摩托车",
    "bicycle": "自行车",
}

_SCENE_PARSING = {
    "This photo is only {width} x {height} pixels; both sides must be {least} or more.": (
        "照片只有 {width} × {height} 像素；两边都至少要有 {least} 像素。"
    ),
    "Naming what is in the street": "正在标注街景",
    "The label map has {given} pixels and the photo {wanted}: give one of the photo's size.": (
        "标签图为 {given} 像素，而照片为 {wanted} 像素：请提供与照片同尺寸的标签图。"
    ),
    "{share}% of the label map's pixels have no colour of Cityscapes': give its colours, or its ids in grey.": (
        "标签图中 {share}% 的像素不是 Cityscapes 的颜色：请使用其颜色，或用灰度表示编号。"
    ),
}

CHINESE = (
    _PAGE
    | _LINKS
    | _EXPLANATIONS
    | _PICTURES
    | _WEIGHTS
    | _LABEL_PAINTER
    | _FACE_REGIONS
    | _FACE_PARSING
    | _FACE_SWAP
    | _PAINTINGS
    | _STYLE_TRANSFER
    | _INPAINTING
    | _BOX_EDITOR
    | _OBJECT_INSERTION
    | _REGION_STYLE
    | _SCENE_PARSING
    | _STREET_LABELS
    | _SOFT_SEGMENTATION
    | _SUPER_RESOLUTION
)
