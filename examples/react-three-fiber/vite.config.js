import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Gets an ephemeral key for the page; in production, your server does that for visitors who are logged in. */
const realtimeKey = {
  name: "realtime-key",
  configureServer({ middlewares }) {
    middlewares.use("/realtime-key", async (_, response) => {
      const answer = await fetch("https://api.openai.com/v1/realtime/client_secrets", {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ session: { type: "realtime", model: "gpt-realtime" } }),
      });
      response.end((await answer.json()).value);
    });
  },
};

export default defineConfig({
  base: "./",
  plugins: [react(), realtimeKey],
  // Only because audio2face-client is a folder beside this one: its packages are those of this app.
  resolve: { dedupe: ["react", "@react-three/fiber", "three"] },
});
