import { render } from 'preact'

render(<p>overview</p>, document.getElementById('app') ?? document.body)
