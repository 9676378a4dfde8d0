// Sets the person's theme before the page is drawn, where the <html> element is not ours (Django admin).
document.documentElement.dataset.theme = document.currentScript.dataset.theme;
