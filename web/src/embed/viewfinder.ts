import { h } from "./dom";
import type { Speech } from "./texts";

interface Outcome {
  onShot: (video: HTMLVideoElement) => Promise<void>;
  onCancel: () => void;
}

/** What the camera of a desktop sees, until a picture is taken of it. */
export function viewfinder(speech: Speech, { onShot, onCancel }: Outcome) {
  const video = h("video", { playsinline: true, autoplay: true, class: "film" });
  video.muted = true;
  let stream: MediaStream | null = null;
  let isClosed = false;
  const shoot = h("button", {
    type: "button",
    class: "button primary",
    disabled: true,
    on: { click: () => void onShot(video) },
  });
  shoot.append(speech.say("shoot"));
  const cancel = h("button", { type: "button", class: "button", on: { click: onCancel } });
  cancel.append(speech.say("cancel"));
  const close = () => {
    isClosed = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
  };
  return {
    element: h("div", { class: "viewfinder" }, video, h("div", { class: "ways" }, shoot, cancel)),
    /** Raises an error where there is no camera or nobody allows it. */
    async open(): Promise<void> {
      const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } } };
      stream = await navigator.mediaDevices.getUserMedia(wanted);
      if (isClosed) {
        close(); // given up while the browser still asked
        return;
      }
      video.srcObject = stream;
      await video.play();
      shoot.disabled = false;
      shoot.focus();
    },
    close,
  };
}
