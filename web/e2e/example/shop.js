// What a shop's own script calls.
const cart = document.getElementById("cart");
cart.addEventListener("click", () => window.Vitrine.track("add_to_cart", cart.dataset.product));
