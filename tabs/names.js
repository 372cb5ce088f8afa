// What Gradio leaves without a name for screen readers gets one: pictures of examples, pictures that open, empty places.
(() => {
  const {registry, say} = darkroom;
  const label = (node) => (node.closest('.block')?.querySelector('[data-testid="block-label"]')?.textContent || '').trim();
  const missing = {
    'button.gallery-item:not([aria-label])': (button) => {
      if (button.textContent.trim()) return;
      const number = [...button.parentNode.children].indexOf(button) + 1;
      button.setAttribute('aria-label', say(registry.words.example).replace('{number}', number));
    },
    'button:not([aria-label]) > .image-frame': (frame) => frame.parentNode.setAttribute('aria-label', label(frame) || say(registry.words.picture)),
    '.empty[aria-label]:not([role])': (place) => place.setAttribute('role', 'img'),
    'g[role="graphics-symbol"]:not([aria-label])': (marks) => marks.setAttribute('role', 'presentation'),
  };
  let waiting = 0;
  function name() {
    waiting = 0;
    for (const [selector, mend] of Object.entries(missing)) document.querySelectorAll(selector).forEach(mend);
  }
  const watch = () => new MutationObserver(() => { waiting ||= setTimeout(name, 200); }).observe(document.body, {childList: true, subtree: true});
  if (document.body) watch(); else addEventListener('DOMContentLoaded', watch);
})();
