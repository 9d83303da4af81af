// A picture that is larger than its network takes is made smaller before it leaves the browser, and that is told. What
// moves stays as it is. Without this script, and for what cannot be drawn here, the server says how large it may be.
"use strict";
(() => {
  const LONGEST = 4096, SHORTEST = 320; // pixels of the longer side
  const QUALITIES = [0.9, 0.8, 0.7];
  const told = [];
  let fitted = false;

  async function moves(file) {
    const head = new TextDecoder("latin1").decode(await file.slice(0, 65536).arrayBuffer());
    return { "image/jpeg": false, "image/png": head.includes("acTL"), "image/webp": head.includes("ANIM") }[file.type] ?? true;
  }

  function drawn(image, width, height, ground) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const brush = canvas.getContext("2d");
    brush.imageSmoothingQuality = "high";
    if (ground) { brush.fillStyle = ground; brush.fillRect(0, 0, width, height); }
    brush.drawImage(image, 0, 0, width, height);
    return canvas;
  }

  const clear = (image) => // looked for in a thumbnail
    drawn(image, 64, 64).getContext("2d").getImageData(0, 0, 64, 64).data.some((value, at) => at % 4 === 3 && value < 250);

  // As a JPEG of at most so many bytes; the file itself where it fits already, or cannot be made to.
  async function smaller(file, most) {
    if (file.size <= most || await moves(file)) return file;
    const image = await createImageBitmap(file); // the way up that Exif says
    const longer = Math.max(image.width, image.height), size = (side, scale) => Math.max(1, Math.round(side * scale));
    for (let scale = Math.min(1, LONGEST / longer); longer * scale >= SHORTEST; scale *= 0.75) {
      const canvas = drawn(image, size(image.width, scale), size(image.height, scale), "#fff");
      for (const quality of QUALITIES) {
        const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (!made || made.size > most) continue;
        told.push({ name: file.name, before: file.size, after: made.size, white: clear(image) });
        return new File([made], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
      }
    }
    return file;
  }

  document.addEventListener("change", async (event) => {
    const input = event.target, most = Number(input.dataset?.most);
    if (fitted || !most || ![...input.files].some((file) => file.size > most)) return;
    event.stopImmediatePropagation(); // and said again once they fit
    const files = new DataTransfer();
    for (const file of [...input.files]) files.items.add(await smaller(file, most).catch(() => file));
    input.files = files.files;
    fitted = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    fitted = false;
  }, true);

  document.addEventListener("htmx:afterSwap", () => {
    const place = document.getElementById("pictures");
    const megabytes = (bytes) => (Math.ceil(bytes / 1e5) / 10).toLocaleString(document.documentElement.lang);
    for (const { name, before, after, white } of place?.dataset.smaller ? told.splice(0) : []) {
      const values = { name, before: megabytes(before), after: megabytes(after) };
      const text = place.dataset.smaller.replace(/\{(\w+)\}/g, (_, each) => values[each]);
      const line = Object.assign(document.createElement("p"), { className: "help", role: "status" });
      line.textContent = white ? `${text} ${place.dataset.white}` : text;
      document.getElementById("pictures-help").before(line);
    }
  });
})();
