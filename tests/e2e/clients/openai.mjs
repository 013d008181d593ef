// A streamed chat completion as the documentation of the OpenAI SDK for Node shows it, with a time
// limit and nothing else changed. Status 0: it took what came for an answer.
// OPENAI_SDK is the node_modules folder that holds the package.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.env.OPENAI_SDK + '/');
const { default: OpenAI } = await import(pathToFileURL(require.resolve('openai')).href);
const client = new OpenAI({ timeout: Number(process.env.CLIENT_TIMEOUT_MS ?? 3000) });

try {
  const stream = await client.chat.completions.create({
    model: process.env.COMETDECK_MODEL,
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  console.log(text);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
