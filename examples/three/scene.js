import { DirectionalLight, HemisphereLight, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

/** Shows a GLB on a canvas that fills the window. Returns the avatar, the scene and the camera. */
export async function showAvatar(canvas, url) {
  const scene = new Scene();
  const sun = new DirectionalLight(0xffffff, 1.8);
  sun.position.set(1.5, 2, 3);
  scene.add(new HemisphereLight(0xffffff, 0xa39184, 1.7), sun);
  const camera = new PerspectiveCamera(28, 1, 0.01, 100);
  camera.position.set(0, 0, 0.72);
  const { scene: avatar } = await new GLTFLoader().loadAsync(url);
  scene.add(avatar);
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
  const resize = () => {
    renderer.setSize(innerWidth, innerHeight);
    camera.aspect = innerWidth / innerHeight;
    camera.updateProjectionMatrix();
  };
  addEventListener("resize", resize);
  resize();
  renderer.setAnimationLoop(() => renderer.render(scene, camera));
  return { avatar, scene, camera };
}
