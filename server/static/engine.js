// An engine in the browser, which answers as the endpoint of a server does. A query that is ended takes its thread with it.

/** Return a function from a query, an Accept header and a signal to end it, to a response; `sources` has the addresses. */
export function engineOf(sources) {
  const waiting = new Map(); // number of a query → its message, and what is done with the answer
  let worker;
  let last = 0;

  function start() {
    worker = new Worker(new URL("engine_worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data: { id, status, type, body } }) => {
      waiting.get(id)?.resolve(new Response(body, { status, headers: { "Content-Type": type } }));
      waiting.delete(id);
    });
    for (const { message } of waiting.values()) worker.postMessage(message);
  }

  function end(id) {
    if (!waiting.delete(id)) return;
    worker.terminate();
    worker = undefined;
    if (waiting.size) start();
  }

  return (query, accept, signal) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const message = { id, sources, query, accept };
      waiting.set(id, { message, resolve });
      if (worker) worker.postMessage(message);
      else start();
      signal?.addEventListener("abort", () => {
        end(id);
        reject(new DOMException("The query was ended.", "AbortError"));
      });
    });
}

/** Let an engine answer the requests that this page sends to an address. */
export function answerAt(address, answer) {
  const fetchElsewhere = window.fetch;
  window.fetch = async (asked, options) => {
    const request = new Request(asked, options);
    if (request.url !== address) return fetchElsewhere(asked, options);
    const query = new URLSearchParams(await request.text()).get("query");
    return query ? answer(query, request.headers.get("Accept") ?? "", request.signal) : new Response();
  };
}

/** Return what an engine loads, by whole addresses, and the base of relative IRIs in queries. */
export function sourcesOf({ dump, description, graph, base }) {
  const [from, about] = [dump, description].map((address) => new URL(address, location.href).href);
  return { dump: from, description: about, graph, base };
}
