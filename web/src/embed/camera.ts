import { iconButton } from "./dom";
import { Part } from "./part";
import { Sheet } from "./sheet";
import camera from "./styles/camera.css?inline";

/** The button that opens the search: put by a shop where it likes, or by us beside its field. */
export class Camera extends Part {
  static readonly tag = "vitrine-camera";

  constructor() {
    super(camera);
  }

  connectedCallback(): void {
    if (this.root.childElementCount > 0) return;
    const label = this.getAttribute("label") ?? this.kit.speech.say("camera");
    const open = () => Sheet.shared().open({});
    this.root.append(this.ground(iconButton("camera", label, open, { "aria-haspopup": "dialog" })));
  }
}

/** Put a camera button beside every field that the selector finds, now and whenever one comes. */
export function besideFields(selector: string): void {
  if (!selector) return;
  const served = new WeakSet<Element>();
  const serve = () => {
    for (const field of document.querySelectorAll(selector)) {
      if (served.has(field)) continue;
      served.add(field);
      field.after(document.createElement(Camera.tag));
    }
  };
  serve();
  new MutationObserver(serve).observe(document, { childList: true, subtree: true });
}
