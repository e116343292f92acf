/** @typedef {{name: string, text: string, emotions: Record<string, number>}} ExampleText */

/** Each shows off a different part of the face. @type {readonly ExampleText[]} */
export const EXAMPLES = [
  {
    name: "Hello",
    text: "Hello! I am happy to meet you. May I tell you about my big blue balloon?",
    emotions: { joy: 0.35 },
  },
  {
    name: "Lips",
    text: "Peter, my best pal, hopped by and popped fifty-five bubbles before my mum came up.",
    emotions: {},
  },
  {
    name: "Tongue twister",
    text: "She sells sea shells by the sea shore, and the shells she sells are sea shells, I am sure.",
    emotions: { cheekiness: 0.5 },
  },
  {
    name: "Surprise",
    text: "Wow! You did all of this on your own? I have never seen anything like it.",
    emotions: { amazement: 0.6 },
  },
  {
    name: "Bad news",
    text: "I am so sorry. The last train left five minutes ago, and there isn't another one until morning.",
    emotions: { sadness: 0.6 },
  },
  {
    name: "Angry",
    text: "No. That is my seat, it has always been my seat, and I am not moving for anybody.",
    emotions: { anger: 0.6 },
  },
];

/** Returns the file name of an example's recording, which `make site` makes. @param {ExampleText} example */
export const recordingName = ({ name }) => `${name.toLowerCase().replaceAll(" ", "-")}.mp3`;
