import { mount } from 'svelte';
import App from './ui/App.svelte';
import './ui/page.css';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app');
mount(App, { target });
