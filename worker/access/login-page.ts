import { htmlPage } from "../html-page.ts";

/** The page of a login. Nothing in it comes from a request. */
export function loginPage(): Response {
  return htmlPage(
    "Log in",
    `<h1>Log in to this registry</h1>
<p>A program asked for this, and gets a token with your rights when you confirm. If you did not just run
<code>npm login</code> or the like, close this page.</p>
<form method="post">
<p><label>Name <input name="name" autocomplete="username" required></label></p>
<p><label>Key <input name="key" type="password" autocomplete="current-password" required></label>
(a token that you were given)</p>
<p><button>Log in</button></p>
</form>`,
  );
}

/** What it shows in the end. */
export function loggedInPage(): Response {
  return htmlPage("Logged in", "<h1>Logged in</h1>\n<p>The program has its token. You can close this page.</p>");
}
