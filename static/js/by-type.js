// A choice decides which fields are needed, and what is an example of an address.
for (const select of document.querySelectorAll("[data-decides]")) {
  const form = select.form;
  const hint = Object.assign(document.createElement("p"), { className: "help" });
  const shaped = [...form.elements].find((field) => [...field.attributes].some((item) => item.name.startsWith("data-example-")));
  shaped?.after(hint);

  const show = () => {
    for (const field of form.querySelectorAll("[data-for]")) {
      const wanted = !select.value || field.dataset.for.split(" ").includes(select.value);
      // What is wrong stays to be seen.
      field.closest(".field").hidden = !wanted && field.getAttribute("aria-invalid") !== "true";
    }
    const example = shaped?.getAttribute(`data-example-${select.value}`);
    hint.textContent = example ?? "";
    hint.hidden = !example;
  };
  select.addEventListener("change", show);
  show();
}
