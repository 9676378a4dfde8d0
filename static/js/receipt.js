// The receipt of an expense: a photo or a file, shown before it is sent; large photos are made smaller.
const MOST_EDGE = 2400; // small print of a till receipt stays readable
const MOST_BYTES = 2.5 * 1024 * 1024;
const QUALITY = 0.85;
const megabytes = (bytes) => (bytes / 1024 / 1024).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 });

const drawn = (canvas, picture, edge) => {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
};

// A picture of another kind (a phone's HEIC) becomes a JPG where the browser can read it.
const smaller = async (file, picture) => {
  const known = ["image/jpeg", "image/png"].includes(file.type);
  const large = file.size > MOST_BYTES || Math.max(picture.width, picture.height) > 2 * MOST_EDGE;
  if (known && !large) return file;
  const canvas = drawn(document.createElement("canvas"), picture, MOST_EDGE);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob || (known && blob.size >= file.size)) return file;
  return new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
};

for (const box of document.querySelectorAll("[data-receipt-box]")) {
  const input = box.querySelector("input[type='file']");
  const [look, wrong] = [box.querySelector("[data-look]"), box.querySelector("[data-wrong]")];
  const canvas = look.querySelector("canvas");

  const clear = (text = "") => {
    input.value = "";
    look.hidden = true;
    wrong.textContent = text;
    wrong.hidden = !text;
  };

  const show = (file, was) => {
    look.hidden = false;
    look.querySelector("[data-name]").textContent = file.name;
    const text = file === was ? input.dataset.whole : input.dataset.shrunk;
    look.querySelector("[data-size]").textContent = text.replace("{size}", megabytes(file.size));
    canvas.setAttribute("aria-label", file.name);
  };

  const take = async (file) => {
    if (!file) return clear();
    // Until it is made smaller the file itself stays chosen, for who sends the form at once.
    look.hidden = wrong.hidden = true;
    let sent = file;
    if (file.type === "application/pdf") look.dataset.kind = "pdf";
    else {
      try {
        const picture = await createImageBitmap(file);
        sent = await smaller(file, picture);
        drawn(canvas, picture, 640);
        picture.close();
        look.dataset.kind = "image";
      } catch { return clear(input.dataset.unreadable); }
    }
    if (sent.size > Number(input.dataset.receipt)) return clear(input.dataset.large);
    const data = new DataTransfer();
    data.items.add(sent);
    input.files = data.files;
    show(sent, file);
  };

  box.querySelector("[data-buttons]").hidden = false;
  input.hidden = true;
  for (const [name, camera] of [["photo", true], ["file", false]]) {
    box.querySelector(`[data-${name}]`).addEventListener("click", () => {
      input.toggleAttribute("capture", camera);
      if (camera) input.setAttribute("capture", "environment");
      input.click();
    });
  }
  input.addEventListener("change", () => take(input.files[0]));
  box.querySelector("[data-remove]").addEventListener("click", () => {
    clear();
    box.querySelector("[data-file]").focus();
  });
  // A link to the field leads to what stands in its place.
  document.addEventListener("click", (event) => {
    if (event.target.closest(`a[href="#${input.id}"]`)) setTimeout(() => box.querySelector("[data-file]").focus());
  });
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  box.addEventListener("dragover", (event) => { if (files(event)) { event.preventDefault(); box.classList.add("over"); } });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    box.classList.remove("over");
    if (!files(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
}
