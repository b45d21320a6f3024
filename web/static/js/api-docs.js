// Shows the API's description; nothing is fetched from anywhere else.
"use strict";

const place = document.getElementById("document");
SwaggerUIBundle({
  url: place.dataset.address,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  syntaxHighlight: false,
  persistAuthorization: false,
});
