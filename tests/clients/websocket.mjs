// websocket.mjs URL USER PASSWORD: three requests by JMAP over WebSocket, with
// the WebSocket of Node. Prints one JSON object of what it saw.
const [url, user, pass] = process.argv.slice(2);
const seen = { ids: [] };
const ws = new WebSocket(url, { protocols: ['jmap'], headers: {
	Authorization: 'Basic ' + Buffer.from(`${user}:${pass}`).toString('base64'),
} });

ws.onopen = () => {
	seen.protocol = ws.protocol;
	seen.extensions = ws.extensions;
	for (const id of ['1', '2', '3'])
		ws.send(JSON.stringify({ '@type': 'Request', id,
			using: ['urn:ietf:params:jmap:core'],
			methodCalls: [['Core/echo', { a: 'x'.repeat(40000) }, 'c']] }));
};
ws.onmessage = (event) => {
	const answer = JSON.parse(event.data);

	seen.ids.push(answer.requestId);
	if (seen.ids.length === 3)
		ws.close(1000);
};
ws.onclose = (event) => {
	seen.code = event.code;
	seen.ids.sort();
	console.log(JSON.stringify(seen));
};
