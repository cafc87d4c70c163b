/* Every request that a script makes goes through here: it carries the token, and a session that ended is told apart
   from an answer, so that a sign-in page is never taken for a list. */
export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export async function ask(address, { method = "GET", body, headers = {}, signal, keepalive } = {}) {
  const own = { "X-Requested-With": "fetch", Accept: "application/json", ...headers };
  if (method !== "GET") own["X-CSRFToken"] = token();
  const answer = await fetch(address, { method, body, headers: own, signal, keepalive, credentials: "same-origin", cache: "no-store", redirect: "follow" });
  if (answer.status === 401 || (answer.redirected && !(answer.headers.get("Content-Type") ?? "").includes("json"))) {
    throw Object.assign(new Error("signed out"), { signedOut: answer.status === 401 || /login|sign-?in/.test(answer.url) });
  }
  return answer;
}

/* Scripts of other pages may be old while the server is new: what is not a list is an empty list. */
export const list = (value) => (Array.isArray(value) ? value : []);

/* Only addresses of our own are followed, whatever an answer says. */
export function ours(address) {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}
