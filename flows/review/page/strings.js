/* Every word of the page, in Chinese and in English. What the program calls its rules, reasons and kinds is in names.js. */

/* global NAMES */
const named = (sort, language) => Object.fromEntries(Object.entries(NAMES[sort]).map(([name, both]) => [name, both[language]]));
/** The tables of names.js; `language` is 0 for Chinese, 1 for English. */
const tables = (language) => ({
  kinds: named("kind", language), mediums: named("medium", language), subjects: named("subject", language), rules: named("rule", language),
  leftOver: named("leftover", language), failures: named("failure", language), reasons: named("rejection", language),
});

const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const WORDS = {
  zh: {
    ...tables(0),
    language: "zh-CN",
    otherLanguage: "English",
    page: "页",
    filters: "筛选",
    help: "帮助",
    left: (left, total) => `剩余 ${left} 项，共 ${total} 项`,
    queue: "待审列表",
    all: "全部",
    book: "书",
    kind: "CulTi 类别",
    medium: "载体",
    subject: "题材",
    rule: "规则",
    why: "原因",
    confidence: "可信度",
    decidedToo: "包含已处理",
    clear: "清除筛选",
    nothing: "待审队列已空。可更换筛选条件，或跳转到任意一页。",
    pageOf: (page) => `第 ${page} 页`,
    whys: { doubtful: "可信度低", unmatched: "未配对", failed: "处理失败的页", counts: "图与图题数量不符", crop: "裁图可疑", sure: "可信度高" },
    hints: { tiny: "尺寸过小", blank: "近乎空白", blurred: "模糊", aspect: "长宽悬殊", text: "疑似文字" },
    types: { pair: "图文对", figure: "无文字的图", caption: "无图的图题", failure: "处理失败的页", page: "整页", added: "人工添加的图", part: "拆分出的图" },
    fields: { title: "题名", caption: "图题", description: "说明文字", number: "编号", kind: "CulTi 类别", medium: "载体", subject: "题材" },
    read: "程序识别为",
    empty: "（空）",
    restore: "还原",
    draft: "未保存的草稿",
    here: "本页",
    figuresHere: (count) => `本页共 ${count} 幅图`,
    verdicts: { accept: "已采纳", reject: "已剔除", remove: "此处无图", merge: "已并入另一图" },
    marks: { accept: "已采纳", reject: "已剔除", remove: "此处无图", merge: "已并入另一图", change: "已修改", done: "本页已审毕", no_figure: "不属于任何图" },
    rejectHead: "剔除原因",
    actions: {
      accept: "采纳", reject: "剔除", skip: "跳过", undo: "撤销", restore: "还原此图", remove: "此处无图", noFigure: "不属于任何图", done: "本页审毕",
      edit: "修改文字", box: "调整图框", add: "新增图", split: "拆分", merge: "合并", caption: "指定图题", description: "指定说明",
      previous: "上一项", next: "下一项", pageBack: "上一页", pageOn: "下一页", beside: "并排显示下页", zoom: "放大此图", figure: "本页其他图",
      filters: "筛选", help: "帮助", language: "English", save: "保存文字", cancel: "取消", jump: "跳转到页",
    },
    modes: {
      add: "在页面上拖出新图的图框。Esc 取消",
      caption: "点选一条图题，或拖框圈出书上印的文字。Esc 取消",
      description: "点选一段说明，或拖框圈出书上印的文字。Esc 取消",
      box: "方向键移动，Shift 加方向键调整大小，Enter 保存，Esc 取消",
      split: "方向键移动切线，Enter 切开，Esc 取消；也可直接点击要切开的位置",
      merge: "按住 Shift 点选要合并的图，再按 M",
    },
    modeKeys: {
      add: "Enter 放置图框，方向键移动，Shift 加方向键调整大小，再按 Enter 保存",
      caption: "方向键换一条，Enter 指定",
      description: "方向键换一段，Enter 指定",
      merge: "方向键换一幅，空格选中，Enter 合并，Esc 取消",
    },
    noText: "此处没有文字，未作指定",
    noPage: (page, pages) => `没有第 ${page} 页：此书共 ${pages} 页`,
    thenBuild: "运行 tuwen build，即按已作的决定生成新版本。",
    notInVersion: "当前版本未收录此图",
    comesBack: "下次 tuwen build 时重新收录",
    boxChanged: "图框已由人工调整",
    restarted: "审阅服务已重新启动。请在此浏览器中打开它显示的地址，本页随后自动恢复；草稿已保留。",
    back: "审阅服务已恢复",
    newVersion: (version) => `已有版本 ${version}`,
    openVersion: "打开",
    undoEffects: { gone: "此项先前已撤销", overruled: "已撤销，但之后另有决定，故无变化" },
    done: (who) => `本页已由 ${who} 审毕`,
    history: "记录",
    historyActions: { accept: "采纳", reject: "剔除", edit: "修改文字", box: "调整图框", add: "新增图", remove: "此处无图", split: "拆分", merge: "合并", relink: "重新指定文字", no_figure: "不属于任何图" },
    notKept: "未能保存：",
    meanwhile: (value) => `其间已另存为：${value}。再按 Enter 则以您所填为准`,
    offline: "审阅服务没有响应。请查看运行 tuwen review 的终端；草稿已保留。",
    undone: "已撤销",
    nothingToUndo: "没有可撤销的",
    pickFigure: "请先选择一幅图",
    damaged: (count) => `corrections.jsonl 有 ${count} 行损坏，未计入`,
    helpHead: "键盘操作",
    helpText: "每项决定即时写入 corrections.jsonl，下次运行 tuwen build 时生效。程序识别的内容保持原样，与人工决定并存。",
    helpGroups: { decide: "判定", change: "修改", move: "浏览" },
    space: "空格", backspace: "退格",
  },
  en: {
    ...tables(1),
    language: "en",
    otherLanguage: "中文",
    page: "Page",
    filters: "Filters",
    help: "Help",
    left: (left, total) => `${left} of ${total} left`,
    queue: "Queue",
    all: "All",
    book: "Book",
    kind: "CulTi kind",
    medium: "Medium",
    subject: "Subject",
    rule: "Rule",
    why: "Reason",
    confidence: "Confidence",
    decidedToo: "Include decided",
    clear: "Clear filters",
    nothing: "The queue is empty. Choose other filters, or jump to any page.",
    pageOf: (page) => `page ${page}`,
    whys: { doubtful: "doubtful", unmatched: "unmatched", failed: "failed page", counts: "figures and captions differ in number", crop: "suspicious crop", sure: "reliable" },
    hints: { tiny: "tiny", blank: "blank", blurred: "blurred", aspect: "extreme aspect", text: "text-like" },
    types: { pair: "Pair", figure: "Figure without text", caption: "Caption without a figure", failure: "Failed page", page: "Whole page", added: "Figure added by a person", part: "Part of a split figure" },
    fields: { title: "Title", caption: "Caption", description: "Description", number: "Number", kind: "CulTi kind", medium: "Medium", subject: "Subject" },
    read: "Read by the program:",
    empty: "(empty)",
    restore: "restore",
    draft: "unsaved draft",
    here: "this page",
    figuresHere: (count) => `${counted(count, "figure")} on this page`,
    verdicts: { accept: "accepted", reject: "rejected", remove: "no figure here", merge: "merged into another" },
    marks: { accept: "accepted", reject: "rejected", remove: "no figure here", merge: "merged into another", change: "changed", done: "page done", no_figure: "belongs to no figure" },
    rejectHead: "Reason for rejecting",
    actions: {
      accept: "Accept", reject: "Reject", skip: "Skip", undo: "Undo", restore: "Restore figure", remove: "No figure", noFigure: "Belongs to no figure", done: "Page done",
      edit: "Edit text", box: "Change box", add: "New figure", split: "Split", merge: "Merge", caption: "Link caption", description: "Link description",
      previous: "Previous item", next: "Next item", pageBack: "Previous page", pageOn: "Next page", beside: "Next page beside", zoom: "Zoom to figure", figure: "Another figure here",
      filters: "Filters", help: "Help", language: "中文", save: "Save text", cancel: "Cancel", jump: "Jump to a page",
    },
    modes: {
      add: "Drag a box around the new figure. Esc cancels",
      caption: "Click a caption, or drag a box around printed text. Esc cancels",
      description: "Click a description, or drag a box around printed text. Esc cancels",
      box: "Arrows move, Shift and arrows resize, Enter saves, Esc cancels",
      split: "Arrows move the cut, Enter cuts, Esc cancels; or click where to cut",
      merge: "Shift-click the figures to merge, then press M",
    },
    modeKeys: {
      add: "Enter places a box, arrows move it, Shift and arrows resize it, Enter again saves",
      caption: "Arrows choose another, Enter links it",
      description: "Arrows choose another, Enter links it",
      merge: "Arrows choose another, Space marks it, Enter merges, Esc cancels",
    },
    noText: "There is no text here; nothing was linked",
    noPage: (page, pages) => `There is no page ${page}: this book has ${counted(pages, "page")}`,
    thenBuild: "Run tuwen build to make a new version of what was decided.",
    notInVersion: "Not in the current version",
    comesBack: "Will be in the next version that tuwen build makes",
    boxChanged: "A person changed the box",
    restarted: "The review server was started again. Open the address it printed in this browser; this page then goes on by itself. Drafts are kept.",
    back: "The review server is back",
    newVersion: (version) => `There is a version ${version}`,
    openVersion: "Open",
    undoEffects: { gone: "This was undone before", overruled: "Undone, but a later decision counts, so nothing changed" },
    done: (who) => `Page done by ${who}`,
    history: "History",
    historyActions: { accept: "accepted", reject: "rejected", edit: "edited", box: "box changed", add: "added", remove: "no figure here", split: "split", merge: "merged", relink: "text linked", no_figure: "belongs to no figure" },
    notKept: "Not saved: ",
    meanwhile: (value) => `Another value was saved meanwhile: ${value}. Enter again keeps yours`,
    offline: "The review server does not answer. Look at the terminal of tuwen review; drafts are kept.",
    undone: "Undone",
    nothingToUndo: "Nothing to undo",
    pickFigure: "Choose a figure first",
    damaged: (count) => `${counted(count, "line")} of corrections.jsonl ${count === 1 ? "is" : "are"} damaged and not counted`,
    helpHead: "Keyboard",
    helpText: "Every decision is written to corrections.jsonl at once and applied by the next tuwen build. What the program read stays as it is, beside what a person decided.",
    helpGroups: { decide: "Decide", change: "Change", move: "Navigate" },
    space: "Space", backspace: "Backspace",
  },
};

const KEY = "tuwen-language";
let chosen = localStorage.getItem(KEY) || (navigator.language.startsWith("zh") ? "zh" : "en");

/** The words of the language in use. */
export const say = () => WORDS[chosen];

/** What a rule is called; "+" joins the rules that made a pair one after the other. */
export const ruleName = (rule) => rule.split("+").map((part) => say().rules[part] || part).join(" + ");

export function switchLanguage() {
  chosen = chosen === "zh" ? "en" : "zh";
  localStorage.setItem(KEY, chosen);
}

/** Fill every element that names its word. */
export function fillWords(root = document) {
  document.documentElement.lang = say().language;
  for (const element of root.querySelectorAll("[data-say]")) element.textContent = say()[element.dataset.say];
  for (const element of root.querySelectorAll("[data-title]")) {
    element.title = say().actions[element.dataset.title] || say()[element.dataset.title];
    element.setAttribute("aria-label", element.title);
  }
}
